// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>

#include "ofx/suites.h"
#include "runtime/platform/process_mutex.h"
#include "schema/effect_table.h"

namespace evenlight {

/// One plug-in of the bundle. Hosts load, unload and load it again, on several threads at once.
class Plugin {
public:
    /// `interact` is the entry of what it draws over the picture, or null.
    explicit constexpr Plugin(const schema::Effect& effect,
                              OfxPluginEntryPoint* interact = nullptr) noexcept
        : effect_(effect), interact_(interact) {}

    void setHost(const OfxHost* host) noexcept;

    /// Runs one action; nothing is thrown into the host.
    OfxStatus run(const char* action, const void* handle, OfxPropertySetHandle in,
                  OfxPropertySetHandle out) noexcept;

    /// Runs one action of what is drawn over the picture; nothing is thrown.
    OfxStatus runInteract(const char* action, const void* handle, OfxPropertySetHandle in,
                          OfxPropertySetHandle out) noexcept;

private:
    [[nodiscard]] OfxStatus load();
    [[nodiscard]] std::optional<ofx::Suites> suites() const;

    const schema::Effect& effect_;
    OfxPluginEntryPoint* interact_;
    mutable ProcessMutex mutex_;  // guards what follows; never held while the host is called
    const OfxHost* host_ = nullptr;
    std::optional<ofx::Suites> suites_;
};

}  // namespace evenlight
