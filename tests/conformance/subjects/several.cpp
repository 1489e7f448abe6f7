// SPDX-License-Identifier: Apache-2.0
// A library of four plug-ins: the second fails to describe itself, the third in one context.
#include <cstring>
#include <string>

#include "ofxCore.h"
#include "ofxImageEffect.h"

namespace {

const OfxHost* host = nullptr;

const OfxPropertySuiteV1* properties() {
    return static_cast<const OfxPropertySuiteV1*>(
        host->fetchSuite(host->host, kOfxPropertySuite, 1));
}

const OfxImageEffectSuiteV1* effects() {
    return static_cast<const OfxImageEffectSuiteV1*>(
        host->fetchSuite(host->host, kOfxImageEffectSuite, 1));
}

OfxStatus describe(OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = nullptr;
    effects()->getPropertySet(effect, &set);
    const OfxPropertySuiteV1* props = properties();
    props->propSetString(set, kOfxPropLabel, 0, "One of several");
    props->propSetString(set, kOfxImageEffectPluginPropGrouping, 0, "Test");
    props->propSetString(set, kOfxImageEffectPropSupportedContexts, 0,
                         kOfxImageEffectContextFilter);
    props->propSetString(set, kOfxImageEffectPropSupportedContexts, 1,
                         kOfxImageEffectContextGeneral);
    props->propSetString(set, kOfxImageEffectPropSupportedPixelDepths, 0, kOfxBitDepthFloat);
    return kOfxStatOK;
}

OfxStatus describeClips(OfxImageEffectHandle effect) {
    for (const char* name : {kOfxImageEffectSimpleSourceClipName, kOfxImageEffectOutputClipName}) {
        OfxPropertySetHandle clip = nullptr;
        effects()->clipDefine(effect, name, &clip);
        properties()->propSetString(clip, kOfxImageEffectPropSupportedComponents, 0,
                                    kOfxImageComponentRGBA);
    }
    return kOfxStatOK;
}

template <int nth>
OfxStatus mainEntry(const char* action, const void* handle, OfxPropertySetHandle in,
                    OfxPropertySetHandle) {
    auto* effect = static_cast<OfxImageEffectHandle>(const_cast<void*>(handle));
    if (!std::strcmp(action, kOfxActionDescribe)) {
        return nth == 1 ? kOfxStatFailed : describe(effect);
    }
    if (!std::strcmp(action, kOfxImageEffectActionDescribeInContext)) {
        char* context = nullptr;
        properties()->propGetString(in, kOfxImageEffectPropContext, 0, &context);
        const bool general = context && !std::strcmp(context, kOfxImageEffectContextGeneral);
        return nth == 2 && general ? kOfxStatErrMemory : describeClips(effect);
    }
    return kOfxStatReplyDefault;
}

void setHost(OfxHost* given) {
    host = given;
}

OfxPlugin plugins[] = {
    {kOfxImageEffectPluginApi, 1, "org.example.first", 1, 0, setHost, mainEntry<0>},
    {kOfxImageEffectPluginApi, 1, "org.example.fails", 1, 0, setHost, mainEntry<1>},
    {kOfxImageEffectPluginApi, 1, "org.example.context", 1, 0, setHost, mainEntry<2>},
    {kOfxImageEffectPluginApi, 1, "org.example.l\xe4st", 1, 0, setHost, mainEntry<3>},
};

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT OfxStatus OfxSetHost(const OfxHost*) {
    return kOfxStatOK;
}
EXPORT int OfxGetNumberOfPlugins() {
    return sizeof plugins / sizeof *plugins;
}
EXPORT OfxPlugin* OfxGetPlugin(int nth) {
    return &plugins[nth];
}
