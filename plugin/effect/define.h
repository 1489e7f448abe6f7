// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "ofx/param_set.h"

namespace evenlight {

/// Defines parameters in the order in which they are shown: on one page, in groups that are closed
/// at first.
class PanelWriter {
public:
    explicit PanelWriter(const ofx::ParamSet& params);

    /// The properties of a new parameter; `group` is a label, or null. What is not shown is left
    /// off the page.
    ofx::PropertySet add(const char* type, const char* name, const char* label, const char* hint,
                         const char* group, bool isShown = true);

private:
    const std::string& groupNamed(const char* label);

    ofx::ParamSet params_;
    ofx::PropertySet page_;
    int shown_ = 0;
    std::map<std::string, std::string> groups_;  // name by label
};

}  // namespace evenlight
