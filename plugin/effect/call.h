// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ofx/property_set.h"
#include "ofx/suites.h"
#include "schema/effect_table.h"

namespace evenlight {

/// One action, as the host calls it.
struct Call {
    const ofx::Suites& suites;
    const schema::Effect& effect;
    OfxImageEffectHandle handle;  // a descriptor or an instance
    OfxPropertySetHandle inArgs;
    OfxPropertySetHandle outArgs;

    [[nodiscard]] ofx::PropertySet in() const { return {suites, inArgs}; }
    [[nodiscard]] ofx::PropertySet out() const { return {suites, outArgs}; }
    [[nodiscard]] ofx::PropertySet host() const { return {suites, suites.host}; }
    /// 0 where the action is told none.
    [[nodiscard]] OfxTime time() const {
        return inArgs == nullptr ? 0.0 : in().get(kOfxPropTime, 0.0);
    }
};

}  // namespace evenlight
