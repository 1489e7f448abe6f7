// SPDX-License-Identifier: Apache-2.0
#include "effect/actions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <new>

#include "effect/call.h"
#include "effect/changes.h"
#include "effect/describe.h"
#include "effect/instance.h"
#include "effect/overlay.h"
#include "effect/panel.h"
#include "effect/queries.h"
#include "effect/render.h"
#include "ofx/error.h"

namespace evenlight {
namespace {

OfxStatus onDescribe(const Call& call) {
    describe(call.suites, call.effect, call.handle);
    return kOfxStatOK;
}

OfxStatus onDescribeInContext(const Call& call) {
    describeInContext(call.suites, call.effect, call.handle);
    return kOfxStatOK;
}

OfxStatus onCreateInstance(const Call& call) {
    Instance::create(call);
    refreshEnabled(call);
    return kOfxStatOK;
}

OfxStatus onDestroyInstance(const Call& call) {
    Instance::destroy(call);
    return kOfxStatOK;
}

struct Action {
    const char* name;
    OfxStatus (*run)(const Call& call);
};
/// Not here, so that the host's defaults hold: GetClipPreferences (the output is as the source; it
/// varies only as source and parameters do).
constexpr std::array kActions{
    Action{kOfxActionDescribe, onDescribe},
    Action{kOfxImageEffectActionDescribeInContext, onDescribeInContext},
    Action{kOfxActionCreateInstance, onCreateInstance},
    Action{kOfxActionDestroyInstance, onDestroyInstance},
    Action{kOfxActionInstanceChanged, instanceChanged},
    Action{kOfxActionBeginInstanceEdit, beginInstanceEdit},
    Action{kOfxImageEffectActionGetFramesNeeded, framesNeeded},
    Action{kOfxImageEffectActionGetRegionOfDefinition, regionOfDefinition},
    Action{kOfxImageEffectActionGetRegionsOfInterest, regionsOfInterest},
    Action{kOfxImageEffectActionIsIdentity, isIdentity},
    Action{kOfxImageEffectActionRender, render},
};

/// Nothing is thrown into the host.
template <class Body>
OfxStatus guarded(const Body& body) noexcept {
    try {
        return body();
    } catch (const ofx::Error& error) {
        return error.status();
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;  // the host may purge its caches and call again
    } catch (...) {
        return kOfxStatFailed;
    }
}

}  // namespace

void Plugin::setHost(const OfxHost* host) noexcept {
    const std::scoped_lock lock(mutex_);
    host_ = host;
}

std::optional<ofx::Suites> Plugin::suites() const {
    const std::scoped_lock lock(mutex_);
    return suites_;
}

OfxStatus Plugin::load() {
    std::unique_lock lock(mutex_);
    const OfxHost* host = host_;
    lock.unlock();
    const std::optional<ofx::Suites> suites = ofx::fetchSuites(host);
    if (!suites) return kOfxStatFailed;
    lock.lock();
    suites_ = suites;
    return kOfxStatOK;
}

OfxStatus Plugin::run(const char* action, const void* handle, OfxPropertySetHandle in,
                      OfxPropertySetHandle out) noexcept {
    return guarded([&]() -> OfxStatus {
        if (action == nullptr) return kOfxStatFailed;
        if (std::strcmp(action, kOfxActionLoad) == 0) return load();
        // Everything that is heavy belongs to the process, and is not torn down.
        if (std::strcmp(action, kOfxActionUnload) == 0) return kOfxStatOK;
        const auto known = std::find_if(kActions.begin(), kActions.end(), [&](const Action& row) {
            return std::strcmp(row.name, action) == 0;
        });
        if (known == kActions.end()) return kOfxStatReplyDefault;
        const std::optional<ofx::Suites> loaded = suites();
        if (!loaded || handle == nullptr) return kOfxStatFailed;
        // The standard hands instances over as const, and takes them back as not.
        auto* const effect = static_cast<OfxImageEffectHandle>(const_cast<void*>(handle));
        const Call call{*loaded, effect_, effect, in, out};
        const OfxStatus status = known->run(call);
        if (known->run == onDescribe) describeOverlay(call, interact_);
        return status;
    });
}

OfxStatus Plugin::runInteract(const char* action, const void* handle, OfxPropertySetHandle in,
                              OfxPropertySetHandle out) noexcept {
    return guarded([&]() -> OfxStatus {
        const std::optional<ofx::Suites> loaded = suites();
        if (action == nullptr || !loaded) return kOfxStatFailed;
        return overlay(action, handle, {*loaded, effect_, nullptr, in, out});
    });
}

}  // namespace evenlight
