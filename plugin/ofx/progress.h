// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ofx/suites.h"

namespace evenlight::ofx {

/// The host's progress bar, for as long as this lives; does nothing where the host has none.
class Progress {
public:
    Progress(const Suites& suites, OfxImageEffectHandle effect, const std::string& label);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows how much is done, 0 to 1. Returns whether the person wants it to go on.
    [[nodiscard]] bool show(double done) const;

private:
    const Suites& suites_;
    OfxImageEffectHandle effect_;
    bool shown_ = false;
};

}  // namespace evenlight::ofx
