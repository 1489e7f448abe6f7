// SPDX-License-Identifier: Apache-2.0
#include "effect/queries.h"

#include <algorithm>
#include <string>

#include "effect/describe.h"
#include "effect/instance.h"
#include "effect/params.h"
#include "effect/request.h"
#include "ofx/clip.h"

namespace evenlight {
namespace {

ParamReader paramsOf(const Call& call) {
    return {ofx::ParamSet(call.suites, call.handle), call.effect, call.time()};
}

ofx::Clip sourceOf(const Call& call) {
    return {call.suites, call.handle, kSourceClip};
}

void setRegion(const ofx::PropertySet& out, const char* name, const OfxRectD& region) {
    out.setAll(name, {region.x1, region.y1, region.x2, region.y2});
}

bool isInfinite(const OfxRectD& region) {
    return region.x1 <= kOfxFlagInfiniteMin || region.y1 <= kOfxFlagInfiniteMin ||
           region.x2 >= kOfxFlagInfiniteMax || region.y2 >= kOfxFlagInfiniteMax;
}

}  // namespace

OfxStatus framesNeeded(const Call& call) {
    const ParamReader params = paramsOf(call);
    const OfxTime time = call.time();
    Window window = params.window();
    const std::shared_ptr<Instance> instance = Instance::of(call);
    if (instance != nullptr && !params.analysis().empty()) {
        const ofx::Clip source = sourceOf(call);
        const RenderRequest request = makeRequest(call, source, source.isFloat(), time);
        const FramesNeeded needs = needsOf(call, *instance, request);
        window = {needs.before, needs.after};
    }
    OfxRangeD range{time - window.before, time + window.after};
    if (const auto clip = sourceOf(call).frameRangeAround(time)) {
        range.min = std::max(range.min, clip->min);
        range.max = std::min(range.max, clip->max);
    }
    const std::string prefix = "OfxImageClipPropFrameRange_";
    call.out().setAll((prefix + kSourceClip).c_str(), {range.min, range.max});
    call.out().setAll((prefix + kMaskClip).c_str(), {time, time});
    return kOfxStatOK;
}

/// The standard's default would take the mask's region in as well.
OfxStatus regionOfDefinition(const Call& call) {
    const auto region = sourceOf(call).regionOfDefinition(call.time());
    if (!region) return kOfxStatReplyDefault;
    setRegion(call.out(), kOfxImageEffectPropRegionOfDefinition, *region);
    return kOfxStatOK;
}

/// Whatever is wanted, the whole of the source is analysed.
OfxStatus regionsOfInterest(const Call& call) {
    const auto region = sourceOf(call).regionOfDefinition(call.time());
    if (!region || isInfinite(*region)) return kOfxStatReplyDefault;
    const std::string name = std::string("OfxImageClipPropRoI_") + kSourceClip;
    setRegion(call.out(), name.c_str(), *region);
    return kOfxStatOK;
}

OfxStatus isIdentity(const Call& call) {
    if (!paramsOf(call).isIdentity()) return kOfxStatReplyDefault;
    call.out().set(kOfxPropName, kSourceClip);
    call.out().set(kOfxPropTime, call.time());
    return kOfxStatOK;
}

}  // namespace evenlight
