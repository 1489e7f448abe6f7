// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdarg>
#include <limits>
#include <unordered_set>

#include "call.h"

namespace pyopenfx {
namespace {

constexpr double kKeyTolerance = 1e-6;  // frames

/// Strings read from parameters stay valid for the life of the process.
char* interned(const std::string& text) {
    static auto* mutex = new std::mutex;
    static auto* pool = new std::unordered_set<std::string>;
    const std::scoped_lock lock(*mutex);
    return const_cast<char*>(pool->insert(text).first->c_str());  // the suite's signature
}

/// Writes a value through the pointers of a variadic call.
OfxStatus handOut(const std::vector<Value>& value, std::va_list& out, const char* function) {
    for (const Value& part : value) {
        if (const auto* whole = std::get_if<int>(&part)) {
            int* target = va_arg(out, int*);
            if (!given(target, "value", function)) return kOfxStatErrValue;
            *target = *whole;
        } else if (const auto* real = std::get_if<double>(&part)) {
            double* target = va_arg(out, double*);
            if (!given(target, "value", function)) return kOfxStatErrValue;
            *target = *real;
        } else {
            char** target = va_arg(out, char**);
            if (!given(target, "value", function)) return kOfxStatErrValue;
            *target = interned(std::get<std::string>(part));
        }
    }
    return kOfxStatOK;
}

std::vector<Value> takeIn(const Param& param, std::va_list& in) {
    std::vector<Value> value;
    for (std::size_t part = 0; part < param.parts(); ++part) {
        switch (param.partType()) {
            case Type::Int:
                value.emplace_back(va_arg(in, int));
                break;
            case Type::Double:
                value.emplace_back(va_arg(in, double));
                break;
            default: {
                const char* text = va_arg(in, const char*);
                value.emplace_back(std::string(text ? text : ""));
            }
        }
    }
    return value;
}

/// The parameter, where it is one that holds a value in an instance.
std::shared_ptr<Param> valued(OfxParamHandle handle, const char* function, OfxStatus& status) {
    auto param = resolve<Param>(handle, Kind::Param, function);
    status = kOfxStatErrBadHandle;
    if (!param) return nullptr;
    const auto effect = param->effect.lock();
    if (!effect || !effect->isInstance) {
        report(
            "value-of-descriptor", Severity::Error,
            std::string(function) + " is called on parameter " + param->name + " of a descriptor");
        return nullptr;
    }
    status = param->parts() ? kOfxStatOK : kOfxStatErrUnsupported;
    return param->parts() ? param : nullptr;
}

/// The time of the action under way, or the one at which the effect stands.
double currentTime(const Param& param) {
    if (const Call* call = Call::current()) return call->time();
    const auto effect = param.effect.lock();
    return effect ? effect->time.load() : 0.0;
}

void checkMaySet(const Param& param) {
    const Call* call = Call::current();
    const std::string action = call ? call->action() : "";
    if (action == kOfxActionInstanceChanged || action == kOfxActionBeginInstanceChanged ||
        action == kOfxActionEndInstanceChanged || action == kOfxActionSyncPrivateData) {
        return;
    }
    report("param-set-outside-change", Severity::Error,
           "parameter " + param.name + " is set outside of InstanceChanged; hosts crash on that");
}

void noteChange(const Param& param) {
    if (const auto effect = param.effect.lock()) effect->noteChange(param.name);
}

OfxStatus paramDefine(OfxParamSetHandle handle, const char* type, const char* name,
                      OfxPropertySetHandle* out) {
    const auto effect = resolve<Effect>(handle, Kind::Params, "paramDefine");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(type, "paramType", "paramDefine") || !given(name, "name", "paramDefine")) {
        return kOfxStatErrValue;
    }
    const Call* call = Call::current();
    if (effect->isInstance || (call && call->action() != kOfxImageEffectActionDescribeInContext &&
                               call->action() != kOfxActionDescribe)) {
        report("define-outside-describe", Severity::Error,
               "parameter " + std::string(name) + " is defined outside of describing");
        return kOfxStatErrUnsupported;
    }
    if (effect->param(name)) {
        report("defined-twice", Severity::Error,
               "parameter " + std::string(name) + " is defined twice");
        return kOfxStatErrExists;
    }
    const auto param = std::make_shared<PropertySet>("param." + std::string(type), "");
    if (param->names().empty()) {
        const std::string named = type;
        const bool exists = named == "OfxParamTypeBytes" || named == "OfxParamTypeParametric";
        report("unknown-type", exists ? Severity::Note : Severity::Error,
               "parameter " + std::string(name) + " has type " + type +
                   (exists ? ", which this host has not" : ", which does not exist"));
        return kOfxStatErrUnknown;
    }
    const auto made = effect->addParam(name, type);
    if (out) *out = made->propertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

OfxStatus paramGetHandle(OfxParamSetHandle handle, const char* name, OfxParamHandle* out,
                         OfxPropertySetHandle* properties) {
    const auto effect = resolve<Effect>(handle, Kind::Params, "paramGetHandle");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(name, "name", "paramGetHandle")) return kOfxStatErrValue;
    if (!given(out, "param", "paramGetHandle")) return kOfxStatErrValue;
    const auto param = effect->param(name);
    *out = param ? param->handle.as<OfxParamHandle>() : nullptr;
    if (properties) {
        *properties = param ? param->propertiesHandle.as<OfxPropertySetHandle>() : nullptr;
    }
    return param ? kOfxStatOK : kOfxStatErrUnknown;
}

OfxStatus paramSetGetPropertySet(OfxParamSetHandle handle, OfxPropertySetHandle* out) {
    const auto effect = resolve<Effect>(handle, Kind::Params, "paramSetGetPropertySet");
    if (!effect) return kOfxStatErrBadHandle;
    if (!given(out, "propHandle", "paramSetGetPropertySet")) return kOfxStatErrValue;
    *out = effect->paramPropertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

OfxStatus paramGetPropertySet(OfxParamHandle handle, OfxPropertySetHandle* out) {
    const auto param = resolve<Param>(handle, Kind::Param, "paramGetPropertySet");
    if (!param) return kOfxStatErrBadHandle;
    if (!given(out, "propHandle", "paramGetPropertySet")) return kOfxStatErrValue;
    *out = param->propertiesHandle.as<OfxPropertySetHandle>();
    return kOfxStatOK;
}

OfxStatus paramGetValue(OfxParamHandle handle, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetValue", status);
    if (!param) return status;
    std::va_list out;
    va_start(out, handle);
    status = handOut(param->valueAt(currentTime(*param)), out, "paramGetValue");
    va_end(out);
    return status;
}

OfxStatus paramGetValueAtTime(OfxParamHandle handle, OfxTime time, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetValueAtTime", status);
    if (!param) return status;
    std::va_list out;
    va_start(out, time);
    status = handOut(param->valueAt(time), out, "paramGetValueAtTime");
    va_end(out);
    return status;
}

OfxStatus handOutDoubles(const std::vector<double>& values, std::va_list& out,
                         const char* function) {
    std::vector<Value> parts(values.begin(), values.end());
    return handOut(parts, out, function);
}

OfxStatus paramGetDerivative(OfxParamHandle handle, OfxTime time, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetDerivative", status);
    if (!param) return status;
    if (param->partType() != Type::Double) return kOfxStatErrUnsupported;
    std::va_list out;
    va_start(out, time);
    status = handOutDoubles(param->derivative(time), out, "paramGetDerivative");
    va_end(out);
    return status;
}

OfxStatus paramGetIntegral(OfxParamHandle handle, OfxTime from, OfxTime to, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetIntegral", status);
    if (!param) return status;
    if (param->partType() != Type::Double) return kOfxStatErrUnsupported;
    std::va_list out;
    va_start(out, to);
    status = handOutDoubles(param->integral(from, to), out, "paramGetIntegral");
    va_end(out);
    return status;
}

OfxStatus paramSetValue(OfxParamHandle handle, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramSetValue", status);
    if (!param) return status;
    checkMaySet(*param);
    std::va_list in;
    va_start(in, handle);
    std::vector<Value> value = takeIn(*param, in);
    va_end(in);
    if (param->keys().empty())
        param->set(std::move(value));
    else
        param->setKey(currentTime(*param), std::move(value));  // as a person moving the slider
    noteChange(*param);
    return kOfxStatOK;
}

OfxStatus paramSetValueAtTime(OfxParamHandle handle, OfxTime time, ...) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramSetValueAtTime", status);
    if (!param) return status;
    checkMaySet(*param);
    std::va_list in;
    va_start(in, time);
    param->setKey(time, takeIn(*param, in));
    va_end(in);
    noteChange(*param);
    return kOfxStatOK;
}

OfxStatus paramGetNumKeys(OfxParamHandle handle, unsigned int* count) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetNumKeys", status);
    if (!param) return status;
    if (!given(count, "numberOfKeys", "paramGetNumKeys")) return kOfxStatErrValue;
    *count = static_cast<unsigned>(param->keys().size());
    return kOfxStatOK;
}

OfxStatus paramGetKeyTime(OfxParamHandle handle, unsigned int nth, OfxTime* time) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetKeyTime", status);
    if (!param) return status;
    if (!given(time, "time", "paramGetKeyTime")) return kOfxStatErrValue;
    const std::vector<double> keys = param->keys();
    if (nth >= keys.size()) return kOfxStatErrBadIndex;
    *time = keys[nth];
    return kOfxStatOK;
}

OfxStatus paramGetKeyIndex(OfxParamHandle handle, OfxTime time, int direction, int* index) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramGetKeyIndex", status);
    if (!param) return status;
    if (!given(index, "index", "paramGetKeyIndex")) return kOfxStatErrValue;
    const std::vector<double> keys = param->keys();
    int found = -1;
    for (int nth = 0; nth < static_cast<int>(keys.size()); ++nth) {
        const double offset = keys[static_cast<std::size_t>(nth)] - time;
        const bool same = std::abs(offset) < kKeyTolerance;
        if (direction == 0 && same) found = nth;
        if (direction < 0 && offset < 0 && !same) found = nth;
        if (direction > 0 && offset > 0 && !same && found < 0) found = nth;
    }
    if (found < 0) return kOfxStatFailed;
    *index = found;
    return kOfxStatOK;
}

OfxStatus paramDeleteKey(OfxParamHandle handle, OfxTime time) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramDeleteKey", status);
    if (!param) return status;
    checkMaySet(*param);
    return param->deleteKey(time) ? kOfxStatOK : kOfxStatErrBadIndex;
}

OfxStatus paramDeleteAllKeys(OfxParamHandle handle) {
    OfxStatus status = kOfxStatOK;
    const auto param = valued(handle, "paramDeleteAllKeys", status);
    if (!param) return status;
    checkMaySet(*param);
    param->deleteKeys();
    return kOfxStatOK;
}

OfxStatus paramCopy(OfxParamHandle to, OfxParamHandle from, OfxTime offset,
                    const OfxRangeD* range) {
    OfxStatus status = kOfxStatOK;
    const auto target = valued(to, "paramCopy", status);
    if (!target) return status;
    const auto source = valued(from, "paramCopy", status);
    if (!source) return status;
    if (source->type != target->type) return kOfxStatErrValue;
    checkMaySet(*target);
    constexpr double kEver = std::numeric_limits<double>::infinity();
    target->copyFrom(*source, offset, range ? range->min : -kEver, range ? range->max : kEver);
    noteChange(*target);
    return kOfxStatOK;
}

OfxStatus paramEditBegin(OfxParamSetHandle handle, const char* /*name*/) {
    return resolve<Effect>(handle, Kind::Params, "paramEditBegin") ? kOfxStatOK
                                                                   : kOfxStatErrBadHandle;
}

OfxStatus paramEditEnd(OfxParamSetHandle handle) {
    return resolve<Effect>(handle, Kind::Params, "paramEditEnd") ? kOfxStatOK
                                                                 : kOfxStatErrBadHandle;
}

}  // namespace

OfxParameterSuiteV1 parameterSuite() {
    return {paramDefine,      paramGetHandle,      paramSetGetPropertySet, paramGetPropertySet,
            paramGetValue,    paramGetValueAtTime, paramGetDerivative,     paramGetIntegral,
            paramSetValue,    paramSetValueAtTime, paramGetNumKeys,        paramGetKeyTime,
            paramGetKeyIndex, paramDeleteKey,      paramDeleteAllKeys,     paramCopy,
            paramEditBegin,   paramEditEnd};
}

}  // namespace pyopenfx
