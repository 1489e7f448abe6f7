// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ofx/property_set.h"
#include "ofx/suites.h"

namespace evenlight::ofx {

/// The parameters of a descriptor or of an instance.
class ParamSet {
public:
    ParamSet(const Suites& suites, OfxImageEffectHandle effect);

    /// Descriptors only (paramDefine).
    [[nodiscard]] PropertySet define(const char* type, const char* name) const;

    /// Instances only. Integer, Boolean and Choice read as int; others as double.
    template <class T>
    [[nodiscard]] T at(const char* name, OfxTime time) const;

private:
    const Suites* suites_;
    OfxParamSetHandle handle_ = nullptr;
};

}  // namespace evenlight::ofx
