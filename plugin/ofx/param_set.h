// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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

    /// A String; empty where the host has none.
    [[nodiscard]] std::string text(const char* name, OfxTime time) const;
    /// Sets a String; only while an instance is told of a change, for hosts crash at other times.
    void setText(const char* name, const std::string& text) const;

private:
    const Suites* suites_;
    OfxParamSetHandle handle_ = nullptr;
};

}  // namespace evenlight::ofx
