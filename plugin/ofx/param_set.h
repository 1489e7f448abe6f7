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
    /// Sets a value in place of what there is, keyframes too; as `at` reads it, as `setText` when.
    template <class T>
    void set(const char* name, T value) const;
    /// Adds a keyframe; when as `setText`.
    template <class T>
    void setAt(const char* name, OfxTime time, T value) const;
    /// Whether the parameter has keyframes, where the host tells.
    [[nodiscard]] bool isKeyed(const char* name) const;

    /// Instances only: whether the person can change the parameter. Does nothing where it is so.
    void enable(const char* name, bool isEnabled) const;

    /// Changes in between are one step of the host's undo.
    void beginEdit(const std::string& name) const;
    void endEdit() const;

private:
    const Suites* suites_;
    OfxParamSetHandle handle_ = nullptr;
};

/// An edit for as long as it lives, which is within one action.
class ParamEdit {
public:
    ParamEdit(const ParamSet& params, const std::string& name) : params_(params) {
        params_.beginEdit(name);
    }
    ~ParamEdit() { params_.endEdit(); }
    ParamEdit(const ParamEdit&) = delete;
    ParamEdit& operator=(const ParamEdit&) = delete;

private:
    ParamSet params_;
};

}  // namespace evenlight::ofx
