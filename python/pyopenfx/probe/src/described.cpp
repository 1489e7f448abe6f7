// SPDX-License-Identifier: Apache-2.0
#include "described.h"

#include <cstring>
#include <vector>

#include "record.h"

namespace probe {
namespace {

constexpr int kMost = 4;  // values of a parameter

/// A parameter that is defined; `parts` are 'i', 'd' or 's', `count` of them; 0 for what holds
/// none.
struct Param {
    const char* kind;
    const char* name;
    char part;
    int count;
    double value;  // its default, of each part; a string's is kText
};

const char* const kText = "Grüße % 1";

const Param kParams[] = {
    {kOfxParamTypeGroup, "probeGroup", 's', 0, 0},
    {kOfxParamTypeInteger, "probeInteger", 'i', 1, 3},
    {kOfxParamTypeDouble, "probeDouble", 'd', 1, 0.25},
    {kOfxParamTypeBoolean, "probeBoolean", 'i', 1, 1},
    {kOfxParamTypeChoice, "probeChoice", 'i', 1, 1},
    {kOfxParamTypeStrChoice, "probeStrChoice", 's', 1, 0},
    {kOfxParamTypeRGBA, "probeRGBA", 'd', 4, 0.5},
    {kOfxParamTypeRGB, "probeRGB", 'd', 3, 0.75},
    {kOfxParamTypeDouble2D, "probeDouble2D", 'd', 2, 1.5},
    {kOfxParamTypeInteger2D, "probeInteger2D", 'i', 2, 7},
    {kOfxParamTypeDouble3D, "probeDouble3D", 'd', 3, 2.5},
    {kOfxParamTypeInteger3D, "probeInteger3D", 'i', 3, 9},
    {kOfxParamTypeString, "probeString", 's', 1, 0},
    {kOfxParamTypeCustom, "probeCustom", 's', 1, 0},
    {kOfxParamTypePushButton, "probeButton", 's', 0, 0},
    {kOfxParamTypePage, "probePage", 's', 0, 0},
};

bool is(const Param& param, const char* kind) {
    return !std::strcmp(param.kind, kind);
}

void setDefault(const Suites& suites, OfxPropertySetHandle set, const Param& param) {
    const bool named = is(param, kOfxParamTypeStrChoice);
    for (int part = 0; part < param.count; ++part) {
        if (param.part == 'i')
            suites.property->propSetInt(set, kOfxParamPropDefault, part,
                                        static_cast<int>(param.value));
        else if (param.part == 'd')
            suites.property->propSetDouble(set, kOfxParamPropDefault, part, param.value);
        else
            suites.property->propSetString(set, kOfxParamPropDefault, part, named ? "b" : kText);
    }
}

void setRange(const Suites& suites, OfxPropertySetHandle set, const Param& param) {
    if (is(param, kOfxParamTypeRGB) || is(param, kOfxParamTypeRGBA)) return;
    for (int part = 0; part < param.count; ++part) {
        for (const char* bound : {kOfxParamPropMin, kOfxParamPropDisplayMin}) {
            if (param.part == 'i') suites.property->propSetInt(set, bound, part, 0);
            if (param.part == 'd') suites.property->propSetDouble(set, bound, part, 0);
        }
        for (const char* bound : {kOfxParamPropMax, kOfxParamPropDisplayMax}) {
            if (param.part == 'i') suites.property->propSetInt(set, bound, part, 10);
            if (param.part == 'd') suites.property->propSetDouble(set, bound, part, 10);
        }
    }
}

OfxStatus define(const Suites& suites, OfxParamSetHandle set, const Param& param) {
    OfxPropertySetHandle properties = nullptr;
    const OfxStatus status = suites.param->paramDefine(set, param.kind, param.name, &properties);
    if (status != kOfxStatOK || !properties) return status;
    suites.property->propSetString(properties, kOfxPropLabel, 0, param.name);
    suites.property->propSetString(properties, kOfxParamPropHint, 0, "It changes no pixel.");
    const bool choice = is(param, kOfxParamTypeChoice) || is(param, kOfxParamTypeStrChoice);
    for (int option = 0; choice && option < 2; ++option) {
        suites.property->propSetString(properties, kOfxParamPropChoiceOption, option,
                                       option ? "b" : "a");
    }
    if (is(param, kOfxParamTypeStrChoice)) {
        suites.property->propSetString(properties, kOfxParamPropChoiceEnum, 0, "a");
        suites.property->propSetString(properties, kOfxParamPropChoiceEnum, 1, "b");
    }
    if (is(param, kOfxParamTypePage))
        suites.property->propSetString(properties, kOfxParamPropPageChild, 0, "probeInteger");
    const bool ranged = param.part != 's' && !choice && !is(param, kOfxParamTypeBoolean);
    if (ranged) setRange(suites, properties, param);
    setDefault(suites, properties, param);
    return status;
}

/// Kinds that would take the host down instead of being refused.
bool isFatal(const Param& param, const char* hostName) {
    const bool pairs = is(param, kOfxParamTypeInteger2D) || is(param, kOfxParamTypeInteger3D);
    return pairs && hostName && std::strstr(hostName, "Resolve");
}

OfxStatus defineClip(const Suites& suites, OfxImageEffectHandle effect, const char* name) {
    OfxPropertySetHandle clip = nullptr;
    const OfxStatus status = suites.effect->clipDefine(effect, name, &clip);
    if (status != kOfxStatOK || !clip) return status;
    const bool mask = !std::strcmp(name, "Mask");
    const char* const kinds[] = {kOfxImageComponentAlpha, kOfxImageComponentRGBA,
                                 kOfxImageComponentRGB};
    for (int index = 0; index < (mask ? 1 : 3); ++index) {
        suites.property->propSetString(clip, kOfxImageEffectPropSupportedComponents, index,
                                       kinds[mask ? 0 : (index + 1) % 3]);  // RGBA first
    }
    suites.property->propSetInt(clip, kOfxImageEffectPropTemporalClipAccess, 0,
                                std::strcmp(name, kOfxImageEffectOutputClipName) ? 1 : 0);
    if (mask) {
        suites.property->propSetInt(clip, kOfxImageClipPropOptional, 0, 1);
        suites.property->propSetInt(clip, kOfxImageClipPropIsMask, 0, 1);
    }
    return status;
}

template <class Value>
OfxStatus read(const Suites& suites, OfxParamHandle param, const double* time, Value* to) {
    return time ? suites.param->paramGetValueAtTime(param, *time, to, to + 1, to + 2, to + 3)
                : suites.param->paramGetValue(param, to, to + 1, to + 2, to + 3);
}

/// [status of the handle, of the value, [values], [values of the default]].
std::string valueOf(const Suites& suites, OfxParamSetHandle set, const Param& param,
                    const double* time) {
    OfxParamHandle handle = nullptr;
    const OfxStatus found = suites.param->paramGetHandle(set, param.name, &handle, nullptr);
    if (found != kOfxStatOK || !handle) return list({std::to_string(found)});
    int whole[kMost] = {-1, -1, -1, -1};
    double real[kMost] = {-1, -1, -1, -1};
    char* text[kMost] = {};
    const OfxStatus status = param.part == 'i'   ? read(suites, handle, time, whole)
                             : param.part == 'd' ? read(suites, handle, time, real)
                                                 : read(suites, handle, time, text);
    std::vector<std::string> values;
    std::vector<std::string> wanted;
    for (int part = 0; part < param.count; ++part) {
        values.push_back(param.part == 'i'   ? std::to_string(whole[part])
                         : param.part == 'd' ? number(real[part])
                                             : quoted(text[part]));
        wanted.push_back(param.part != 's'                   ? number(param.value)
                         : is(param, kOfxParamTypeStrChoice) ? quoted("b")
                                                             : quoted(kText));
    }
    return list({std::to_string(found), std::to_string(status), list(values), list(wanted)});
}

}  // namespace

void describe(const Suites& suites, OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = nullptr;
    suites.effect->getPropertySet(effect, &set);
    const OfxPropertySuiteV1& property = *suites.property;
    property.propSetString(set, kOfxPropLabel, 0, "Probe");
    property.propSetString(set, kOfxPropPluginDescription, 0,
                           "Writes down how this host behaves. The picture passes through.");
    property.propSetString(set, kOfxImageEffectPluginPropGrouping, 0, "Test");
    int index = 0;
    for (const char* context : {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral}) {
        property.propSetString(set, kOfxImageEffectPropSupportedContexts, index++, context);
    }
    index = 0;
    for (const char* depth :
         {kOfxBitDepthByte, kOfxBitDepthShort, kOfxBitDepthHalf, kOfxBitDepthFloat}) {
        property.propSetString(set, kOfxImageEffectPropSupportedPixelDepths, index++, depth);
    }
    property.propSetInt(set, kOfxImageEffectPropTemporalClipAccess, 0, 1);
    property.propSetInt(set, kOfxImageEffectPropSupportsTiles, 0, 1);
    property.propSetString(set, kOfxImageEffectPluginRenderThreadSafety, 0,
                           kOfxImageEffectRenderInstanceSafe);
}

void describeInContext(const Suites& suites, OfxImageEffectHandle effect, const char* context,
                       const char* hostName) {
    Event event("described");
    event.with("context", quoted(context));
    std::vector<std::string> told;
    for (const char* clip :
         {kOfxImageEffectSimpleSourceClipName, "Mask", kOfxImageEffectOutputClipName}) {
        told.push_back(list({quoted(clip), std::to_string(defineClip(suites, effect, clip))}));
    }
    event.with("clips", list(told));
    told.clear();
    OfxParamSetHandle set = nullptr;
    suites.effect->getParamSet(effect, &set);
    for (const Param& param : kParams) {
        if (isFatal(param, hostName)) continue;
        told.push_back(list({quoted(param.kind), std::to_string(define(suites, set, param))}));
    }
    event.with("params", list(told)).write();
}

std::string valuesOf(const Suites& suites, OfxImageEffectHandle effect, const double* time) {
    OfxParamSetHandle set = nullptr;
    if (suites.effect->getParamSet(effect, &set) != kOfxStatOK || !set) return "{}";
    std::string made;
    for (const Param& param : kParams) {
        if (param.count == 0) continue;
        made += (made.empty() ? "" : ", ") + quoted(param.kind) + ": " +
                valueOf(suites, set, param, time);
    }
    return "{" + made + "}";
}

}  // namespace probe
