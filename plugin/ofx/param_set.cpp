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

template <class T>
void ParamSet::set(const char* name, T value) const {
    OfxParamHandle param = nullptr;
    const OfxParameterSuiteV1* suite = suites_->param;
    check(suite->paramGetHandle(handle_, name, &param, nullptr), "paramGetHandle");
    if (suite->paramSetValue == nullptr) return;
    if (isKeyed(name) && suite->paramDeleteAllKeys != nullptr)
        static_cast<void>(suite->paramDeleteAllKeys(param));
    check(suite->paramSetValue(param, value), "paramSetValue");
}

template <class T>
void ParamSet::setAt(const char* name, OfxTime time, T value) const {
    OfxParamHandle param = nullptr;
    check(suites_->param->paramGetHandle(handle_, name, &param, nullptr), "paramGetHandle");
    if (suites_->param->paramSetValueAtTime == nullptr) return;
    check(suites_->param->paramSetValueAtTime(param, time, value), "paramSetValueAtTime");
}

bool ParamSet::isKeyed(const char* name) const {
    OfxParamHandle param = nullptr;
    const OfxParameterSuiteV1* suite = suites_->param;
    if (suite->paramGetNumKeys == nullptr ||
        suite->paramGetHandle(handle_, name, &param, nullptr) != kOfxStatOK)
        return false;
    unsigned count = 0;
    return suite->paramGetNumKeys(param, &count) == kOfxStatOK && count > 0;
}

void ParamSet::enable(const char* name, bool isEnabled) const {
    OfxParamHandle param = nullptr;
    OfxPropertySetHandle handle = nullptr;
    if (suites_->param->paramGetHandle(handle_, name, &param, &handle) != kOfxStatOK ||
        handle == nullptr)
        return;
    const PropertySet properties(*suites_, handle);
    if ((properties.get(kOfxParamPropEnabled, 1) != 0) == isEnabled) return;
    properties.set(kOfxParamPropEnabled, isEnabled ? 1 : 0);
}

void ParamSet::beginEdit(const std::string& name) const {
    if (suites_->param->paramEditBegin != nullptr)
        static_cast<void>(suites_->param->paramEditBegin(handle_, name.c_str()));
}

void ParamSet::endEdit() const {
    if (suites_->param->paramEditEnd != nullptr)
        static_cast<void>(suites_->param->paramEditEnd(handle_));
}

template void ParamSet::set<int>(const char* name, int value) const;
template void ParamSet::set<double>(const char* name, double value) const;
template void ParamSet::setAt<int>(const char* name, OfxTime time, int value) const;
template void ParamSet::setAt<double>(const char* name, OfxTime time, double value) const;
template int ParamSet::at<int>(const char* name, OfxTime time) const;
template double ParamSet::at<double>(const char* name, OfxTime time) const;

}  // namespace evenlight::ofx
