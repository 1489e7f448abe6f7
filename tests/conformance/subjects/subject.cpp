// SPDX-License-Identifier: Apache-2.0
// A plug-in to test hosts with: the mean of the frames t-radius..t+radius, times a gain. The name
// of its file says which fault it has ("good.ofx" has none), so that one build serves all of them.
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "ofxCore.h"
#include "ofxImageEffect.h"
#include "ofxMemory.h"
#include "ofxMessage.h"
#include "ofxMultiThread.h"
#include "ofxParam.h"
#include "ofxProgress.h"
#include "ofxProperty.h"

namespace {

std::string ownFault() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void*>(&ownFault), &info)) return "";
    std::string name = info.dli_fname;
    name = name.substr(name.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}

const std::string kFault = ownFault();
bool fault(const char* name) {
    return kFault == name;
}

OfxHost* host = nullptr;
const OfxPropertySuiteV1* props = nullptr;
const OfxImageEffectSuiteV1* effects = nullptr;
const OfxParameterSuiteV1* params = nullptr;
const OfxMemorySuiteV1* memory = nullptr;
const OfxMessageSuiteV2* messages = nullptr;
const OfxProgressSuiteV1* progress = nullptr;
const OfxMultiThreadSuiteV1* threads = nullptr;

template <class Suite>
void fetch(const Suite*& suite, const char* name, int version) {
    suite = static_cast<const Suite*>(host->fetchSuite(host->host, name, version));
}

OfxStatus load() {
    fetch(props, kOfxPropertySuite, 1);
    fetch(effects, kOfxImageEffectSuite, 1);
    fetch(params, kOfxParameterSuite, 1);
    fetch(memory, kOfxMemorySuite, 1);
    fetch(messages, kOfxMessageSuite, 2);
    fetch(progress, kOfxProgressSuite, 1);
    fetch(threads, kOfxMultiThreadSuite, 1);
    if (fault("crashes_in_load")) std::abort();
    return props && effects && params ? kOfxStatOK : kOfxStatFailed;
}

OfxStatus describe(OfxImageEffectHandle effect) {
    if (fault("crashes_in_describe")) std::abort();
    if (fault("throws_in_describe")) throw std::runtime_error("thrown on purpose");
    if (fault("describe_replies_default")) return kOfxStatReplyDefault;
    OfxPropertySetHandle set = nullptr;
    effects->getPropertySet(effect, &set);
    props->propSetString(set, kOfxPropLabel, 0, "Subject");
    props->propSetString(set, kOfxImageEffectPluginPropGrouping, 0, "Test");
    props->propSetString(set, kOfxImageEffectPropSupportedContexts, 0,
                         kOfxImageEffectContextFilter);
    props->propSetString(set, kOfxImageEffectPropSupportedContexts, 1,
                         kOfxImageEffectContextGeneral);
    const char* depths[] = {kOfxBitDepthFloat, kOfxBitDepthByte};
    for (int i = 0; i < (fault("no_depths") ? 0 : 2); ++i) {
        props->propSetString(set, kOfxImageEffectPropSupportedPixelDepths, i, depths[i]);
    }
    props->propSetInt(set, kOfxImageEffectPropTemporalClipAccess, 0, 1);
    props->propSetInt(set, kOfxImageEffectPropSupportsTiles, 0, 0);
    if (fault("unknown_property")) props->propSetInt(set, "OfxPropOfNoKind", 0, 1);
    if (fault("wrong_property_type")) props->propSetDouble(set, kOfxPropLabel, 0, 1.0);
    if (fault("wrong_property_index")) props->propSetString(set, kOfxPropLabel, 3, "x");
    if (fault("null_argument")) props->propSetString(nullptr, kOfxPropLabel, 0, "x");
    return kOfxStatOK;
}

OfxPropertySetHandle define(OfxParamSetHandle set, const char* type, const char* name) {
    OfxPropertySetHandle param = nullptr;
    params->paramDefine(set, type, name, &param);
    if (!fault("no_hint")) props->propSetString(param, kOfxParamPropHint, 0, "What it does.");
    return param;
}

OfxStatus describeInContext(OfxImageEffectHandle effect) {
    for (const char* name : {kOfxImageEffectSimpleSourceClipName, kOfxImageEffectOutputClipName}) {
        if (fault("no_source") && !std::strcmp(name, kOfxImageEffectSimpleSourceClipName)) continue;
        OfxPropertySetHandle clip = nullptr;
        effects->clipDefine(effect, name, &clip);
        const char* components[] = {kOfxImageComponentRGBA, kOfxImageComponentRGB,
                                    kOfxImageComponentAlpha};
        for (int i = 0; i < 3; ++i) {
            props->propSetString(clip, kOfxImageEffectPropSupportedComponents, i, components[i]);
        }
        const int temporal = fault("hides_temporal_access") ? 0 : 1;
        props->propSetInt(clip, kOfxImageEffectPropTemporalClipAccess, 0, temporal);
    }
    OfxParamSetHandle set = nullptr;
    effects->getParamSet(effect, &set);
    OfxPropertySetHandle gain = define(set, kOfxParamTypeDouble, "gain");
    props->propSetDouble(gain, kOfxParamPropDefault, 0, fault("default_outside") ? 9.0 : 1.0);
    for (const char* bound : {kOfxParamPropMin, kOfxParamPropDisplayMin}) {
        if (!fault("no_range")) props->propSetDouble(gain, bound, 0, 0.0);
    }
    for (const char* bound : {kOfxParamPropMax, kOfxParamPropDisplayMax}) {
        if (!fault("no_range")) props->propSetDouble(gain, bound, 0, 4.0);
    }
    OfxPropertySetHandle radius = define(set, kOfxParamTypeInteger, "radius");
    for (const char* bound : {kOfxParamPropMax, kOfxParamPropDisplayMax}) {
        props->propSetInt(radius, bound, 0, 8);
    }
    for (const char* bound : {kOfxParamPropMin, kOfxParamPropDisplayMin}) {
        props->propSetInt(radius, bound, 0, 0);
    }
    OfxPropertySetHandle mode = define(set, kOfxParamTypeChoice, "mode");
    props->propSetString(mode, kOfxParamPropChoiceOption, 0, "Plain");
    props->propSetString(mode, kOfxParamPropChoiceOption, 1, "In threads");
    OfxPropertySetHandle enabled = define(set, kOfxParamTypeBoolean, "enabled");
    props->propSetInt(enabled, kOfxParamPropDefault, 0, 1);
    props->propSetInt(enabled, kOfxParamPropAnimates, 0, 1);
    define(set, kOfxParamTypeString, "note");
    define(set, kOfxParamTypeRGB, "tint");
    define(set, kOfxParamTypePushButton, "reset");
    if (fault("defines_twice")) define(set, kOfxParamTypeDouble, "gain");
    if (fault("unknown_param_type")) define(set, "OfxParamTypeOfNoKind", "odd");
    return kOfxStatOK;
}

template <class... Out>
void valueOf(OfxImageEffectHandle effect, const char* name, OfxTime time, Out*... out) {
    OfxParamSetHandle set = nullptr;
    OfxParamHandle param = nullptr;
    effects->getParamSet(effect, &set);
    params->paramGetHandle(set, name, &param, nullptr);
    params->paramGetValueAtTime(param, time, out...);
}

template <class Value>
void setValue(OfxImageEffectHandle effect, const char* name, Value value) {
    OfxParamSetHandle set = nullptr;
    OfxParamHandle param = nullptr;
    effects->getParamSet(effect, &set);
    params->paramGetHandle(set, name, &param, nullptr);
    params->paramSetValue(param, value);
}

struct Picture {
    OfxPropertySetHandle handle = nullptr;
    char* data = nullptr;
    int rowBytes = 0;
    int bounds[4] = {0, 0, 0, 0};
    int channels = 0;
    bool isFloat = true;

    explicit Picture(OfxPropertySetHandle image) : handle(image) {
        void* pointer = nullptr;
        char* text = nullptr;
        props->propGetPointer(image, kOfxImagePropData, 0, &pointer);
        data = static_cast<char*>(pointer);
        props->propGetInt(image, kOfxImagePropRowBytes, 0, &rowBytes);
        props->propGetIntN(image, kOfxImagePropBounds, 4, bounds);
        props->propGetString(image, kOfxImageEffectPropComponents, 0, &text);
        channels = !std::strcmp(text, kOfxImageComponentRGBA)  ? 4
                   : !std::strcmp(text, kOfxImageComponentRGB) ? 3
                                                               : 1;
        props->propGetString(image, kOfxImageEffectPropPixelDepth, 0, &text);
        isFloat = !std::strcmp(text, kOfxBitDepthFloat);
    }
    bool holds(int x, int y) const {
        return x >= bounds[0] && y >= bounds[1] && x < bounds[2] && y < bounds[3];
    }
    char* at(int x, int y, int channel) const {
        const std::ptrdiff_t size = isFloat ? 4 : 1;
        return data + std::ptrdiff_t(y - bounds[1]) * rowBytes +
               (std::ptrdiff_t(x - bounds[0]) * channels + channel) * size;
    }
    float read(int x, int y, int channel) const {
        if (!holds(x, y)) return 0;
        if (!isFloat) return float(static_cast<unsigned char>(*at(x, y, channel)));
        float value;
        std::memcpy(&value, at(x, y, channel), 4);
        return value;
    }
    void write(int x, int y, int channel, float value) const {
        if (isFloat)
            std::memcpy(at(x, y, channel), &value, 4);
        else
            *at(x, y, channel) = static_cast<char>(
                static_cast<unsigned char>(std::min(255.0F, std::max(0.0F, value + 0.5F))));
    }
};

struct Job {
    std::vector<Picture> sources;
    Picture output;
    int window[4];
    float gain;
};

void fill(const Job& job, int y1, int y2) {
    for (int y = y1; y < y2; ++y) {
        for (int x = job.window[0]; x < job.window[2]; ++x) {
            for (int channel = 0; channel < job.output.channels; ++channel) {
                float sum = 0;
                for (const Picture& source : job.sources) sum += source.read(x, y, channel);
                job.output.write(x, y, channel, sum / float(job.sources.size()) * job.gain);
            }
        }
    }
}

void fillSlice(unsigned index, unsigned count, void* argument) {
    const Job& job = *static_cast<const Job*>(argument);
    const int height = job.window[3] - job.window[1];
    fill(job, job.window[1] + height * int(index) / int(count),
         job.window[1] + height * int(index + 1) / int(count));
}

OfxPropertySetHandle imageOf(OfxImageEffectHandle effect, const char* name, OfxTime time) {
    OfxImageClipHandle clip = nullptr;
    OfxPropertySetHandle image = nullptr;
    effects->clipGetHandle(effect, name, &clip, nullptr);
    effects->clipGetImage(clip, time, nullptr, &image);
    return image;
}

OfxPropertySetHandle kept = nullptr;

OfxStatus render(OfxImageEffectHandle effect, OfxPropertySetHandle in) {
    if (fault("render_replies_default")) return kOfxStatReplyDefault;
    if (fault("crashes_in_render")) std::abort();
    if (fault("fails_in_render")) {
        messages->setPersistentMessage(effect, kOfxMessageError, "id", "%s after %d tries",
                                       "failed", 3);
        return kOfxStatFailed;
    }
    if (fault("says_no_utf8")) {
        messages->message(effect, kOfxMessageMessage, "caf\xe9", "caf\xe9");
        messages->setPersistentMessage(effect, kOfxMessageWarning, "id", "\xff\xfe%d", 3);
    }
    if (fault("sets_param_in_render")) setValue(effect, "gain", 2.0);
    double time = 0, gain = 1;
    int radius = 0, mode = 0, enabled = 1;
    props->propGetDouble(in, kOfxPropTime, 0, &time);
    valueOf(effect, "gain", time, &gain);
    valueOf(effect, "radius", time, &radius);
    valueOf(effect, "mode", time, &mode);
    valueOf(effect, "enabled", time, &enabled);
    if (fault("uses_dead_handle") && kept) props->propGetInt(kept, kOfxImagePropRowBytes, 0, &mode);
    if (fault("unannounced_frame") || fault("hides_temporal_access")) radius = 3;
    if (fault("foreign_thread")) {
        std::thread([&] {
            if (OfxPropertySetHandle image = imageOf(effect, "Source", time)) {
                effects->clipReleaseImage(image);
            }
        }).join();
    }
    Job job{{}, Picture(imageOf(effect, kOfxImageEffectOutputClipName, time)), {}, float(gain)};
    props->propGetIntN(in, kOfxImageEffectPropRenderWindow, 4, job.window);
    bool stopped = false;
    for (int offset = -radius; offset <= radius && !stopped; ++offset) {
        stopped = effects->abort(effect) != 0;
        OfxPropertySetHandle image = imageOf(effect, "Source", time + offset);
        if (image) job.sources.emplace_back(image);
    }
    if (progress) progress->progressUpdate(effect, 0.5);
    if (!job.sources.empty() && !stopped && enabled) {
        if (mode == 1)
            threads->multiThread(fillSlice, 3, &job);
        else
            fill(job, job.window[1], job.window[3]);
    }
    if (fault("writes_outside")) job.output.write(job.window[2], job.window[1], 0, 1.0F);
    if (fault("writes_source")) job.sources.front().write(job.window[0], job.window[1], 0, 7.0F);
    for (const Picture& source : job.sources) {
        kept = source.handle;
        if (!fault("leaks_image")) effects->clipReleaseImage(source.handle);
        if (fault("releases_twice")) effects->clipReleaseImage(source.handle);
    }
    effects->clipReleaseImage(job.output.handle);
    return kOfxStatOK;
}

OfxStatus framesNeeded(OfxImageEffectHandle effect, OfxPropertySetHandle in,
                       OfxPropertySetHandle out) {
    double time = 0;
    int radius = 0;
    props->propGetDouble(in, kOfxPropTime, 0, &time);
    valueOf(effect, "radius", time, &radius);
    props->propSetDouble(out, "OfxImageClipPropFrameRange_Source", 0, time - radius);
    props->propSetDouble(out, "OfxImageClipPropFrameRange_Source", 1, time + radius);
    return kOfxStatOK;
}

OfxStatus isIdentity(OfxImageEffectHandle effect, OfxPropertySetHandle in,
                     OfxPropertySetHandle out) {
    double time = 0;
    int enabled = 1;
    props->propGetDouble(in, kOfxPropTime, 0, &time);
    valueOf(effect, "enabled", time, &enabled);
    if (enabled) return kOfxStatReplyDefault;
    props->propSetString(out, kOfxPropName, 0, kOfxImageEffectSimpleSourceClipName);
    return kOfxStatOK;
}

OfxStatus instanceChanged(OfxImageEffectHandle effect, OfxPropertySetHandle in) {
    char* name = nullptr;
    props->propGetString(in, kOfxPropName, 0, &name);
    if (name && !std::strcmp(name, "reset")) {
        setValue(effect, "gain", 1.0);
        messages->message(effect, kOfxMessageMessage, "id", "%s", "gain is 1 again");
        return kOfxStatOK;
    }
    return kOfxStatReplyDefault;
}

OfxStatus createInstance(OfxImageEffectHandle effect) {
    if (fault("sets_param_in_create")) setValue(effect, "gain", 2.0);
    void* block = nullptr;
    if (fault("leaks_memory")) memory->memoryAlloc(effect, 64, &block);
    return kOfxStatOK;
}

OfxStatus mainEntry(const char* action, const void* handle, OfxPropertySetHandle in,
                    OfxPropertySetHandle out) {
    const auto is = [&](const char* name) { return !std::strcmp(action, name); };
    auto* effect = static_cast<OfxImageEffectHandle>(const_cast<void*>(handle));
    if (is(kOfxActionLoad)) return load();
    if (is(kOfxActionDescribe)) return describe(effect);
    if (is(kOfxImageEffectActionDescribeInContext)) return describeInContext(effect);
    if (is(kOfxActionCreateInstance)) return createInstance(effect);
    if (is(kOfxActionInstanceChanged)) return instanceChanged(effect, in);
    if (is(kOfxImageEffectActionGetFramesNeeded)) return framesNeeded(effect, in, out);
    if (is(kOfxImageEffectActionIsIdentity)) return isIdentity(effect, in, out);
    if (is(kOfxImageEffectActionRender)) return render(effect, in);
    return kOfxStatReplyDefault;
}

void setHost(OfxHost* given) {
    host = given;
}

OfxPlugin plugin = {kOfxImageEffectPluginApi, 1, "org.example.subject", 1, 2, setHost, mainEntry};

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT OfxStatus OfxSetHost(const OfxHost*) {
    return kOfxStatOK;
}
EXPORT int OfxGetNumberOfPlugins() {
    return 1;
}
EXPORT OfxPlugin* OfxGetPlugin(int) {
    plugin.apiVersion = fault("wrong_api_version") ? 99 : 1;
    if (fault("null_fields")) plugin.mainEntry = nullptr;
    return &plugin;
}
