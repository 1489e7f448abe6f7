// SPDX-License-Identifier: Apache-2.0
#include "host_suites.h"

#include <cstdarg>
#include <cstdio>

#include "ofxMessage.h"

Session session;

namespace {

template <class List, class T>
OfxStatus put(List& list, const char* name, int index, const T& value) {
    auto& values = list[name];
    if (values.size() <= static_cast<std::size_t>(index))
        values.resize(static_cast<std::size_t>(index) + 1);
    values[static_cast<std::size_t>(index)] = value;
    return kOfxStatOK;
}

template <class List, class T>
OfxStatus get(const List& list, const char* name, int index, T& value) {
    const auto found = list.find(name);
    if (found == list.end()) return kOfxStatErrUnknown;
    if (found->second.size() <= static_cast<std::size_t>(index)) return kOfxStatErrBadIndex;
    value = found->second[static_cast<std::size_t>(index)];
    return kOfxStatOK;
}

template <class T>
OfxStatus each(int count, const T& body) {
    for (int i = 0; i < count; ++i)
        if (const OfxStatus status = body(i)) return status;
    return kOfxStatOK;
}

using Set = OfxPropertySetHandle;
using Name = const char*;

OfxStatus setString(Set set, Name name, int index, const char* value) {
    return put(set->strings, name, index, std::string(value));
}
OfxStatus getString(Set set, Name name, int index, char** value) {
    const auto found = set->strings.find(name);
    if (found == set->strings.end()) return kOfxStatErrUnknown;
    if (found->second.size() <= static_cast<std::size_t>(index)) return kOfxStatErrBadIndex;
    *value = found->second[static_cast<std::size_t>(index)].data();
    return kOfxStatOK;
}
OfxStatus getDimension(Set set, Name name, int* count) {
    const auto size = [&](const auto& list) {
        const auto found = list.find(name);
        return found == list.end() ? std::size_t{0} : found->second.size();
    };
    *count = static_cast<int>(size(set->ints) + size(set->doubles) + size(set->strings) +
                              size(set->pointers));
    return *count == 0 ? kOfxStatErrUnknown : kOfxStatOK;
}

const OfxPropertySuiteV1 propertyFunctions{
    [](Set s, Name n, int i, void* v) { return put(s->pointers, n, i, v); },
    setString,
    [](Set s, Name n, int i, double v) { return put(s->doubles, n, i, v); },
    [](Set s, Name n, int i, int v) { return put(s->ints, n, i, v); },
    [](Set s, Name n, int c, void* const* v) {
        return each(c, [&](int i) { return put(s->pointers, n, i, v[i]); });
    },
    [](Set s, Name n, int c, const char* const* v) {
        return each(c, [&](int i) { return setString(s, n, i, v[i]); });
    },
    [](Set s, Name n, int c, const double* v) {
        return each(c, [&](int i) { return put(s->doubles, n, i, v[i]); });
    },
    [](Set s, Name n, int c, const int* v) {
        return each(c, [&](int i) { return put(s->ints, n, i, v[i]); });
    },
    [](Set s, Name n, int i, void** v) { return get(s->pointers, n, i, *v); },
    getString,
    [](Set s, Name n, int i, double* v) { return get(s->doubles, n, i, *v); },
    [](Set s, Name n, int i, int* v) { return get(s->ints, n, i, *v); },
    [](Set s, Name n, int c, void** v) {
        return each(c, [&](int i) { return get(s->pointers, n, i, v[i]); });
    },
    [](Set s, Name n, int c, char** v) {
        return each(c, [&](int i) { return getString(s, n, i, v + i); });
    },
    [](Set s, Name n, int c, double* v) {
        return each(c, [&](int i) { return get(s->doubles, n, i, v[i]); });
    },
    [](Set s, Name n, int c, int* v) {
        return each(c, [&](int i) { return get(s->ints, n, i, v[i]); });
    },
    [](Set, Name) { return kOfxStatErrUnsupported; },
    getDimension,
};

OfxStatus getImage(OfxImageClipHandle clip, OfxTime time, const OfxRectD* /*region*/, Set* image) {
    const auto index = static_cast<std::size_t>(time);
    if (time < 0 || index >= clip->frames.size()) return kOfxStatFailed;
    // Packed frames begin with the top row, so the lowest row is the last and steps go backwards.
    const int rowBytes = session.width * 4 * static_cast<int>(sizeof(float));
    float* bottom = clip->frames[index].data() +
                    static_cast<std::size_t>((session.height - 1) * session.width * 4);
    *image = new OfxPropertySetStruct;
    const int bounds[4] = {0, 0, session.width, session.height};
    put((*image)->pointers, kOfxImagePropData, 0, static_cast<void*>(bottom));
    put((*image)->ints, kOfxImagePropRowBytes, 0, -rowBytes);
    propertyFunctions.propSetIntN(*image, kOfxImagePropBounds, 4, bounds);
    propertyFunctions.propSetIntN(*image, kOfxImagePropRegionOfDefinition, 4, bounds);
    const double scale[2] = {1, 1};
    propertyFunctions.propSetDoubleN(*image, kOfxImageEffectPropRenderScale, 2, scale);
    put((*image)->doubles, kOfxImagePropPixelAspectRatio, 0, 1.0);
    setString(*image, kOfxImageEffectPropPixelDepth, 0, kOfxBitDepthFloat);
    setString(*image, kOfxImageEffectPropComponents, 0, kOfxImageComponentRGBA);
    setString(*image, kOfxImageEffectPropPreMultiplication, 0, kOfxImageUnPreMultiplied);
    setString(*image, kOfxImagePropField, 0, kOfxImageFieldNone);
    setString(*image, kOfxImagePropUniqueIdentifier, 0, ("frame " + std::to_string(index)).c_str());
    return kOfxStatOK;
}

OfxImageEffectSuiteV1 effectSuite{
    [](OfxImageEffectHandle effect, Set* set) {
        *set = &effect->properties;
        return kOfxStatOK;
    },
    [](OfxImageEffectHandle effect, OfxParamSetHandle* set) {
        *set = &effect->params;
        return kOfxStatOK;
    },
    [](OfxImageEffectHandle effect, Name name, Set* set) {
        *set = &effect->clips[name].properties;
        return kOfxStatOK;
    },
    [](OfxImageEffectHandle effect, Name name, OfxImageClipHandle* clip, Set* set) {
        const auto found = effect->clips.find(name);
        if (found == effect->clips.end()) return kOfxStatErrUnknown;
        *clip = &found->second;
        if (set != nullptr) *set = &found->second.properties;
        return kOfxStatOK;
    },
    [](OfxImageClipHandle clip, Set* set) {
        *set = &clip->properties;
        return kOfxStatOK;
    },
    getImage,
    [](Set image) {
        delete image;
        return kOfxStatOK;
    },
    [](OfxImageClipHandle, OfxTime, OfxRectD* bounds) {
        *bounds = {0, 0, double(session.width), double(session.height)};
        return kOfxStatOK;
    },
    [](OfxImageEffectHandle) { return 0; },
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

/// The session.chosen value, else the default; a choice is session.chosen by its index.
OfxStatus readValue(OfxParamHandle param, va_list& pointers) {
    const std::string name = param->properties.strings[kOfxPropName][0];
    const auto found = session.chosen.find(name);
    const bool named = found != session.chosen.end();
    if (param->kind == kOfxParamTypeDouble) {
        double* value = va_arg(pointers, double*);
        if (named) return *value = std::stod(found->second), kOfxStatOK;
        return get(param->properties.doubles, kOfxParamPropDefault, 0, *value);
    }
    int* value = va_arg(pointers, int*);
    if (named) return *value = std::stoi(found->second), kOfxStatOK;
    *value = 0;
    get(param->properties.ints, kOfxParamPropDefault, 0, *value);
    return kOfxStatOK;
}

OfxStatus getValue(OfxParamHandle param, ...) {
    va_list pointers;
    va_start(pointers, param);
    const OfxStatus status = readValue(param, pointers);
    va_end(pointers);
    return status;
}

OfxStatus getValueAtTime(OfxParamHandle param, OfxTime time, ...) {
    va_list pointers;
    va_start(pointers, time);
    const OfxStatus status = readValue(param, pointers);
    va_end(pointers);
    return status;
}

OfxParameterSuiteV1 makeParameterSuite() {
    OfxParameterSuiteV1 suite{};

    suite.paramDefine = [](OfxParamSetHandle set, const char* kind, const char* name,
                           Set* properties) {
        OfxParamStruct& param = set->params[name];
        param.kind = kind;
        setString(&param.properties, kOfxPropName, 0, name);
        if (properties != nullptr) *properties = &param.properties;
        return kOfxStatOK;
    };
    suite.paramGetHandle = [](OfxParamSetHandle set, const char* name, OfxParamHandle* param,
                              Set* properties) {
        const auto found = set->params.find(name);
        if (found == set->params.end()) return kOfxStatErrUnknown;
        *param = &found->second;
        if (properties != nullptr) *properties = &found->second.properties;
        return kOfxStatOK;
    };
    suite.paramSetGetPropertySet = [](OfxParamSetHandle set, Set* properties) {
        *properties = &set->properties;
        return kOfxStatOK;
    };
    suite.paramGetPropertySet = [](OfxParamHandle param, Set* properties) {
        *properties = &param->properties;
        return kOfxStatOK;
    };
    suite.paramGetValue = getValue;
    suite.paramGetValueAtTime = getValueAtTime;
    return suite;
}

const OfxParameterSuiteV1 parameterSuite = makeParameterSuite();

OfxStatus takeMessage(void*, const char*, const char*, const char* format, ...) {
    char text[2048];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    session.message = text;
    return kOfxStatOK;
}

OfxMessageSuiteV2 messageSuite{takeMessage, takeMessage, [](void*) { return kOfxStatOK; }};

}  // namespace

const OfxPropertySuiteV1 propertySuite = propertyFunctions;

const void* fetchSuite(Set /*host*/, const char* name, int version) {
    const std::string suite = name;
    if (suite == kOfxMessageSuite && version <= 2) return &messageSuite;
    if (version != 1) return nullptr;
    if (suite == kOfxPropertySuite) return &propertyFunctions;
    if (suite == kOfxImageEffectSuite) return &effectSuite;
    if (suite == kOfxParameterSuite) return &parameterSuite;
    return nullptr;
}

void describeHost(OfxPropertySetHandle host) {
    setString(host, kOfxPropName, 0, "org.evenlight.small_host");
    setString(host, kOfxPropLabel, 0, "Small host");
    setString(host, kOfxImageEffectPropSupportedComponents, 0, kOfxImageComponentRGBA);
    setString(host, kOfxImageEffectPropSupportedContexts, 0, kOfxImageEffectContextFilter);
    setString(host, kOfxImageEffectPropSupportedPixelDepths, 0, kOfxBitDepthFloat);
    put(host->ints, kOfxImageEffectPropTemporalClipAccess, 0, 1);
}

void setInt(Set set, Name name, int value) {
    put(set->ints, name, 0, value);
}
void setDouble(Set set, Name name, double value) {
    put(set->doubles, name, 0, value);
}
void setText(Set set, Name name, const char* value) {
    setString(set, name, 0, value);
}
