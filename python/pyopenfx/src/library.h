// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "effect.h"
#include "host.h"

namespace pyopenfx {

/// One plug-in of a library; usable as long as the process lives, as the library stays mapped.
class Binary {
public:
    using Getter = OfxPlugin*(int);
    Binary(OfxPlugin* plugin, Getter* get, int nth) : plugin_(plugin), get_(get), nth_(nth) {}

    [[nodiscard]] const OfxPlugin& plugin() const { return *plugin_; }
    /// Asks the library for the plug-in anew, as hosts do before each Load, and sets its host.
    void setHost(const std::shared_ptr<Host>& host);
    /// Runs an action without the GIL. Its argument sets' handles die with the call.
    [[nodiscard]] OfxStatus act(const std::shared_ptr<Host>& host, const std::string& action,
                                const std::shared_ptr<Effect>& effect,
                                const std::shared_ptr<PropertySet>& in,
                                const std::shared_ptr<PropertySet>& out, double time) const;

private:
    OfxPlugin* plugin_;
    Getter* get_;
    int nth_;
};

class LoadError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Opens a plug-in library as hosts do, with local symbols, and asks it for its plug-ins.
[[nodiscard]] std::vector<std::shared_ptr<Binary>> openLibrary(const std::string& path,
                                                               const std::shared_ptr<Host>& host);

}  // namespace pyopenfx
