// SPDX-License-Identifier: Apache-2.0
#include "ofx/param_set.h"

#include "ofx/status.h"

namespace evenlight::ofx {

ParamSet::ParamSet(const Suites& suites, OfxImageEffectHandle effect) : suites_(&suites) {
    check(suites.effect->getParamSet(effect, &handle_), "getParamSet");
}

PropertySet ParamSet::define(const char* type, const char* name) const {
    OfxPropertySetHandle properties = nullptr;
    check(suites_->param->paramDefine(handle_, type, name, &properties), "paramDefine");
    return {*suites_, properties};
}

template <class T>
T ParamSet::at(const char* name, OfxTime time) const {
    OfxParamHandle param = nullptr;
    check(suites_->param->paramGetHandle(handle_, name, &param, nullptr), "paramGetHandle");
    T value{};
    check(suites_->param->paramGetValueAtTime(param, time, &value), "paramGetValueAtTime");
    return value;
}

std::string ParamSet::text(const char* name, OfxTime time) const {
    OfxParamHandle param = nullptr;
    if (suites_->param->paramGetHandle(handle_, name, &param, nullptr) != kOfxStatOK) return {};
    char* text = nullptr;
    const OfxStatus status = suites_->param->paramGetValueAtTime(param, time, &text);
    return status == kOfxStatOK && text != nullptr ? text : std::string();
}

void ParamSet::setText(const char* name, const std::string& text) const {
    OfxParamHandle param = nullptr;
    check(suites_->param->paramGetHandle(handle_, name, &param, nullptr), "paramGetHandle");
    if (suites_->param->paramSetValue == nullptr) return;
    check(suites_->param->paramSetValue(param, text.c_str()), "paramSetValue");
}

template int ParamSet::at<int>(const char* name, OfxTime time) const;
template double ParamSet::at<double>(const char* name, OfxTime time) const;

}  // namespace evenlight::ofx
