// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "ofx/suites.h"
#include "schema/effect_table.h"

namespace evenlight {

/// One plug-in of the bundle. Hosts load, unload and load it again, on several threads at once.
class Plugin {
public:
    explicit constexpr Plugin(const schema::Effect& effect) : effect_(effect) {}

    void setHost(const OfxHost* host) noexcept { host_ = host; }

    /// Runs one action; nothing is thrown into the host.
    OfxStatus run(const char* action, const void* handle, OfxPropertySetHandle in,
                  OfxPropertySetHandle out) noexcept;

private:
    [[nodiscard]] OfxStatus load();

    const schema::Effect& effect_;
    std::atomic<const OfxHost*> host_{nullptr};
    std::atomic<const ofx::Suites*> suites_{nullptr};
};

}  // namespace evenlight
