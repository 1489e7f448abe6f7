// SPDX-License-Identifier: Apache-2.0
#include "fake_suites.h"

#include <cstdarg>

#include "ofxProgress.h"

namespace fake {

Host* current = nullptr;

namespace {

template <class T, class Handle>
T& of(Handle handle) {
    return *reinterpret_cast<T*>(handle);
}

OfxStatus setValue(OfxPropertySetHandle set, const char* name, int index, Value value) {
    auto& properties = of<Properties>(set);
    if (properties.setStatus) return *properties.setStatus;
    if (properties.unknown.count(name) != 0) return kOfxStatErrUnknown;
    auto& values = properties.values[name];
    const auto at = static_cast<std::size_t>(index);
    if (values.size() <= at) values.resize(at + 1, value);
    values[at] = std::move(value);
    return kOfxStatOK;
}

template <class T>
const T* getValue(OfxPropertySetHandle set, const char* name, int index) {
    auto& properties = of<Properties>(set);
    properties.asked.insert(name);
    const auto found = properties.values.find(name);
    const auto at = static_cast<std::size_t>(index);
    if (found == properties.values.end() || at >= found->second.size()) return nullptr;
    return std::get_if<T>(&found->second[at]);
}

template <class T, class Out>
OfxStatus copyValue(OfxPropertySetHandle set, const char* name, int index, Out* out) {
    const T* value = getValue<T>(set, name, index);
    if (value == nullptr) return kOfxStatErrUnknown;
    *out = *value;
    return kOfxStatOK;
}

OfxPropertySuiteV1 propertySuite() {
    OfxPropertySuiteV1 suite{};
    suite.propSetPointer = [](auto set, auto name, int i, void* v) {
        return setValue(set, name, i, v);
    };
    suite.propSetString = [](auto set, auto name, int i, const char* v) {
        return setValue(set, name, i, std::string(v));
    };
    suite.propSetDouble = [](auto set, auto name, int i, double v) {
        return setValue(set, name, i, v);
    };
    suite.propSetInt = [](auto set, auto name, int i, int v) { return setValue(set, name, i, v); };
    suite.propGetPointer = [](auto set, auto name, int i, void** v) {
        return copyValue<void*>(set, name, i, v);
    };
    suite.propGetDouble = [](auto set, auto name, int i, double* v) {
        return copyValue<double>(set, name, i, v);
    };
    suite.propGetInt = [](auto set, auto name, int i, int* v) {
        return copyValue<int>(set, name, i, v);
    };
    suite.propGetString = [](auto set, auto name, int i, char** v) -> OfxStatus {
        const auto* value = getValue<std::string>(set, name, i);
        if (value == nullptr) return kOfxStatErrUnknown;
        *v = const_cast<char*>(value->c_str());
        return kOfxStatOK;
    };
    suite.propGetDimension = [](auto set, auto name, int* count) -> OfxStatus {
        const auto& values = of<Properties>(set).values;
        const auto found = values.find(name);
        if (found == values.end()) return kOfxStatErrUnknown;
        *count = static_cast<int>(found->second.size());
        return kOfxStatOK;
    };
    return suite;
}

OfxStatus clipGetImage(OfxImageClipHandle handle, OfxTime time, const OfxRectD* /*region*/,
                       OfxPropertySetHandle* image) {
    auto& clip = of<Clip>(handle);
    clip.fetched.push_back(time);
    Image* found = clip.imageAt(time);
    if (found == nullptr) return kOfxStatFailed;
    ++found->held;
    *image = found->handle();
    return kOfxStatOK;
}

OfxImageEffectSuiteV1 effectSuite() {
    OfxImageEffectSuiteV1 suite{};
    suite.getPropertySet = [](auto effect, auto* set) -> OfxStatus {
        *set = of<Effect>(effect).properties.handle();
        return kOfxStatOK;
    };
    suite.getParamSet = [](auto effect, auto* set) -> OfxStatus {
        *set = reinterpret_cast<OfxParamSetHandle>(effect);
        return kOfxStatOK;
    };
    suite.clipDefine = [](auto effect, auto name, auto* set) -> OfxStatus {
        *set = of<Effect>(effect).clips[name].handle();
        return kOfxStatOK;
    };
    suite.clipGetHandle = [](auto effect, auto name, auto* clip, auto* set) -> OfxStatus {
        auto& clips = of<Effect>(effect).clips;
        const auto found = clips.find(name);
        if (found == clips.end()) return kOfxStatErrUnknown;
        *clip = reinterpret_cast<OfxImageClipHandle>(&found->second);
        if (set != nullptr) *set = found->second.handle();
        return kOfxStatOK;
    };
    suite.clipGetPropertySet = [](auto clip, auto* set) -> OfxStatus {
        *set = of<Clip>(clip).handle();
        return kOfxStatOK;
    };
    suite.clipGetImage = clipGetImage;
    suite.clipReleaseImage = [](auto image) -> OfxStatus {
        --static_cast<Image&>(of<Properties>(image)).held;
        return kOfxStatOK;
    };
    suite.clipGetRegionOfDefinition = [](auto clip, OfxTime, OfxRectD* region) -> OfxStatus {
        const auto& known = of<Clip>(clip).region;
        if (!known) return kOfxStatFailed;
        *region = *known;
        return kOfxStatOK;
    };
    suite.abort = [](auto effect) { return of<Effect>(effect).abortAnswer; };
    return suite;
}

OfxStatus paramGetValueAtTime(OfxParamHandle handle, OfxTime time, ...) {
    const auto& param = of<Param>(handle);
    std::va_list arguments;
    va_start(arguments, time);
    if (param.type == kOfxParamTypeDouble)
        *va_arg(arguments, double*) = param.at(time);
    else if (param.type == kOfxParamTypeString)
        *va_arg(arguments, char**) = const_cast<char*>(param.text.c_str());
    else
        *va_arg(arguments, int*) = static_cast<int>(param.at(time));
    va_end(arguments);
    return kOfxStatOK;
}

OfxStatus paramSetValue(OfxParamHandle handle, ...) {
    auto& param = of<Param>(handle);
    std::va_list arguments;
    va_start(arguments, handle);
    if (param.type == kOfxParamTypeString) {
        param.text = va_arg(arguments, const char*);
    } else {
        const bool isDouble = param.type == kOfxParamTypeDouble;
        const double value = isDouble ? va_arg(arguments, double) : va_arg(arguments, int);
        param.at = [value](double) { return value; };
    }
    va_end(arguments);
    return kOfxStatOK;
}

OfxStatus paramSetValueAtTime(OfxParamHandle handle, OfxTime time, ...) {
    auto& param = of<Param>(handle);
    std::va_list arguments;
    va_start(arguments, time);
    const bool isDouble = param.type == kOfxParamTypeDouble;
    param.keys[time] = isDouble ? va_arg(arguments, double) : va_arg(arguments, int);
    va_end(arguments);
    return kOfxStatOK;
}

OfxParameterSuiteV1 paramSuite() {
    OfxParameterSuiteV1 suite{};
    suite.paramDefine = [](auto set, auto type, auto name, auto* properties) -> OfxStatus {
        auto& effect = of<Effect>(set);
        if (effect.params.count(name) != 0) return kOfxStatErrExists;
        Param& param = effect.params[name];
        param.type = type;
        effect.paramOrder.emplace_back(name);
        *properties = param.properties.handle();
        return kOfxStatOK;
    };
    suite.paramGetHandle = [](auto set, auto name, auto* param, auto* properties) -> OfxStatus {
        auto& params = of<Effect>(set).params;
        const auto found = params.find(name);
        if (found == params.end()) return kOfxStatErrUnknown;
        *param = reinterpret_cast<OfxParamHandle>(&found->second);
        if (properties != nullptr) *properties = found->second.properties.handle();
        return kOfxStatOK;
    };
    suite.paramGetValueAtTime = paramGetValueAtTime;
    suite.paramSetValue = paramSetValue;
    suite.paramSetValueAtTime = paramSetValueAtTime;
    suite.paramGetNumKeys = [](auto param, auto* count) -> OfxStatus {
        *count = static_cast<unsigned>(of<Param>(param).keys.size());
        return kOfxStatOK;
    };
    suite.paramDeleteAllKeys = [](auto param) -> OfxStatus {
        of<Param>(param).keys.clear();
        return kOfxStatOK;
    };
    suite.paramEditBegin = [](auto set, auto name) -> OfxStatus {
        of<Effect>(set).edits.emplace_back(name);
        ++of<Effect>(set).openEdits;
        return kOfxStatOK;
    };
    suite.paramEditEnd = [](auto set) -> OfxStatus {
        --of<Effect>(set).openEdits;
        return kOfxStatOK;
    };
    return suite;
}

OfxStatus message(void* effect, const char* type, const char* /*id*/, const char* format, ...) {
    of<Effect>(effect).messages.emplace_back(format);
    if (std::string(type) == kOfxMessageQuestion) return of<Effect>(effect).answer;
    return kOfxStatOK;
}

OfxStatus setPersistentMessage(void* effect, const char* kind, const char* /*id*/,
                               const char* format, ...) {
    of<Effect>(effect).messages.emplace_back(format);
    of<Effect>(effect).persistent = format;
    of<Effect>(effect).persistentKind = kind;
    return kOfxStatOK;
}

OfxStatus clearPersistentMessage(void* effect) {
    of<Effect>(effect).persistent.clear();
    return kOfxStatOK;
}

OfxStatus progressStart(void* effect, const char* /*label*/) {
    ++of<Effect>(effect).progressBars;
    return kOfxStatOK;
}

OfxStatus progressUpdate(void* handle, double progress) {
    auto& effect = of<Effect>(handle);
    effect.progress.push_back(progress);
    const bool cancel = effect.cancelAfter && effect.progress.size() > *effect.cancelAfter;
    return cancel ? kOfxStatReplyNo : kOfxStatReplyYes;
}

OfxStatus progressEnd(void* effect) {
    --of<Effect>(effect).progressBars;
    return kOfxStatOK;
}

OfxStatus interactGetPropertySet(OfxInteractHandle interact, OfxPropertySetHandle* properties) {
    *properties = reinterpret_cast<OfxPropertySetHandle>(interact);
    return kOfxStatOK;
}

OfxStatus interactRedraw(OfxInteractHandle interact) {
    of<Properties>(interact).asked.insert("redraw");
    return kOfxStatOK;
}

OfxStatus setColour(OfxDrawContextHandle /*context*/, const OfxRGBAColourF* /*colour*/) {
    return kOfxStatOK;
}

OfxStatus setLineWidth(OfxDrawContextHandle /*context*/, float /*width*/) {
    return kOfxStatOK;
}

/// The context is where the points go.
OfxStatus drawLines(OfxDrawContextHandle context, OfxDrawPrimitive /*primitive*/,
                    const OfxPointD* points, int count) {
    auto& drawn = *reinterpret_cast<std::vector<OfxPointD>*>(context);
    drawn.assign(points, points + count);
    return kOfxStatOK;
}

}  // namespace

const void* fetchSuite(OfxPropertySetHandle /*host*/, const char* name, int version) {
    static const OfxPropertySuiteV1 property = propertySuite();
    static const OfxImageEffectSuiteV1 effect = effectSuite();
    static const OfxParameterSuiteV1 param = paramSuite();
    static const OfxMessageSuiteV1 message1{message};
    static const OfxMessageSuiteV2 message2{message, setPersistentMessage, clearPersistentMessage};
    static const OfxMessageSuiteV2 halfEmpty{message, nullptr, nullptr};
    static const OfxProgressSuiteV1 progress{progressStart, progressUpdate, progressEnd};
    static const OfxInteractSuiteV1 interact{nullptr, interactRedraw, interactGetPropertySet};
    static const OfxDrawSuiteV1 draw{nullptr, setColour, setLineWidth, nullptr, drawLines, nullptr};
    const std::string key = name + std::to_string(version);
    if (current->withheld.count(key) != 0) return nullptr;
    if (key == "OfxPropertySuite1") return &property;
    if (key == "OfxImageEffectSuite1") return &effect;
    if (key == "OfxParameterSuite1") return &param;
    if (key == "OfxProgressSuite1") return &progress;
    if (key == "OfxInteractSuite1") return &interact;
    if (key == "OfxDrawSuite1") return &draw;
    if (key == "OfxMessageSuite1") return &message1;
    if (key == "OfxMessageSuite2")
        return current->withheld.count("setPersistentMessage") != 0 ? &halfEmpty : &message2;
    return nullptr;
}

}  // namespace fake
