// SPDX-License-Identifier: Apache-2.0
// An OpenFX plug-in that writes down how its host behaves; the picture passes through it.
#include <atomic>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "described.h"
#include "images.h"
#include "record.h"

namespace probe {
namespace {

OfxHost* host = nullptr;
Suites suites;
std::atomic<int> actions{0};

/// Numbers of effects: a handle that comes back after its end is another.
class Effects {
public:
    int numberOf(const void* handle) {
        const std::scoped_lock guard(mutex_);
        return handle ? numbers_.try_emplace(handle, ++newest_).first->second : 0;
    }
    void forget(const void* handle) {
        const std::scoped_lock guard(mutex_);
        numbers_.erase(handle);
    }

private:
    std::mutex mutex_;
    std::unordered_map<const void*, int> numbers_;
    int newest_ = 0;
};

Effects& effects() {
    static auto* all = new Effects;
    return *all;
}

std::string argumentsOf(OfxPropertySetHandle set) {
    return set && suites.property ? propertiesOf(suites, set, Kind::Arguments) : "null";
}

std::string propertiesOfEffect(OfxImageEffectHandle effect) {
    OfxPropertySetHandle set = nullptr;
    const OfxStatus status = suites.effect->getPropertySet(effect, &set);
    return status == kOfxStatOK && set ? propertiesOf(suites, set, Kind::Instance)
                                       : std::to_string(status);
}

OfxStatus load() {
    if (!host) return kOfxStatErrMissingHostFeature;
    suites = fetchSuites(host);
    Event event("host");
    event.with("suites", suitesOf(host)).with("python", pythonOf());
    if (suites.property) event.with("properties", propertiesOf(suites, host->host, Kind::Host));
    event.write();
    return suites.property && suites.effect && suites.param ? kOfxStatOK
                                                            : kOfxStatErrMissingHostFeature;
}

void tellInstance(OfxImageEffectHandle effect, const double* time) {
    Event("instance")
        .with("number", std::to_string(effects().numberOf(effect)))
        .with("properties", propertiesOfEffect(effect))
        .with("clips", clipsOf(suites, effect))
        .with("values", valuesOf(suites, effect, time))
        .write();
}

/// What is asked once in a process, and needs an instance.
void tellServices(OfxImageEffectHandle effect) {
    static std::atomic<bool> told{false};
    if (told.exchange(true)) return;
    Event("services")
        .with("memory", memoryOf(suites, effect))
        .with("threads", threadsOf(suites))
        .with("timeLine", timeLineOf(suites, effect))
        .write();
}

OfxStatus render(OfxImageEffectHandle effect, OfxPropertySetHandle in) {
    double time = 0;
    suites.property->propGetDouble(in, kOfxPropTime, 0, &time);
    tellInstance(effect, &time);
    tellServices(effect);
    return passThrough(suites, effect, in);
}

OfxStatus framesNeeded(OfxPropertySetHandle in, OfxPropertySetHandle out) {
    double time = 0;
    suites.property->propGetDouble(in, kOfxPropTime, 0, &time);
    suites.property->propSetDouble(out, "OfxImageClipPropFrameRange_Source", 0, time - 1);
    suites.property->propSetDouble(out, "OfxImageClipPropFrameRange_Source", 1, time + 1);
    return kOfxStatOK;
}

OfxStatus act(const char* action, OfxImageEffectHandle effect, OfxPropertySetHandle in,
              OfxPropertySetHandle out) {
    const auto is = [&](const char* name) { return !std::strcmp(action, name); };
    if (is(kOfxActionLoad)) return load();
    if (!suites.effect) return kOfxStatFailed;
    if (is(kOfxActionDescribe)) {
        describe(suites, effect);
        return kOfxStatOK;
    }
    if (is(kOfxImageEffectActionDescribeInContext)) {
        char* context = nullptr;
        char* name = nullptr;
        suites.property->propGetString(host->host, kOfxPropName, 0, &name);
        if (in) suites.property->propGetString(in, kOfxImageEffectPropContext, 0, &context);
        describeInContext(suites, effect, context, name);
        return kOfxStatOK;
    }
    if (is(kOfxActionCreateInstance)) {
        tellInstance(effect, nullptr);
        return kOfxStatOK;
    }
    if (is(kOfxActionDestroyInstance)) return kOfxStatOK;
    if (is(kOfxImageEffectActionGetFramesNeeded)) return framesNeeded(in, out);
    if (is(kOfxImageEffectActionRender)) return render(effect, in);
    return kOfxStatReplyDefault;
}

OfxStatus mainEntry(const char* action, const void* handle, OfxPropertySetHandle in,
                    OfxPropertySetHandle out) noexcept {
    try {
        const int number = ++actions;
        const int effect = effects().numberOf(handle);
        if (!suites.property && host) suites = fetchSuites(host);
        Event("action")
            .with("number", std::to_string(number))
            .with("action", quoted(action))
            .with("effect", std::to_string(effect))
            .with("gil", holdsPython() ? "true" : "false")
            .with("in", argumentsOf(in))
            .with("out", argumentsOf(out))
            .write();
        const OfxStatus status =
            act(action, static_cast<OfxImageEffectHandle>(const_cast<void*>(handle)), in, out);
        if (!std::strcmp(action, kOfxActionDestroyInstance)) effects().forget(handle);
        Event("end")
            .with("number", std::to_string(number))
            .with("status", std::to_string(status))
            .write();
        return status;
    } catch (...) {
        return kOfxStatFailed;
    }
}

void setHost(OfxHost* given) {
    host = given;
}

OfxPlugin plugin = {kOfxImageEffectPluginApi, 1, "org.pyopenfx.probe", 1, 0, setHost, mainEntry};

}  // namespace
}  // namespace probe

#ifdef _WIN32
#define PROBE_EXPORT extern "C" __declspec(dllexport)
#else
#define PROBE_EXPORT extern "C" __attribute__((visibility("default")))
#endif

PROBE_EXPORT int OfxGetNumberOfPlugins() {
    probe::threadNumber();  // the thread of the scan is 0
    return 1;
}

PROBE_EXPORT OfxPlugin* OfxGetPlugin(int nth) {
    return nth == 0 ? &probe::plugin : nullptr;
}

PROBE_EXPORT OfxStatus OfxSetHost(const OfxHost* given) {
    probe::host = const_cast<OfxHost*>(given);
    return kOfxStatOK;
}
