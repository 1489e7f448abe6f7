// SPDX-License-Identifier: Apache-2.0
#include "effect/request.h"

#include <exception>

#include "ofx/host_quirks.h"

namespace evenlight {
namespace {

std::string encodingOf(const Call& call, const ofx::Clip& source, bool isFloat) {
    const ofx::PropertySet host(call.suites, call.suites.host);
    if (ofx::hasColourManagement(host)) return source.colourspace();
    return ofx::quirksOf(host).worksSceneLinear && isFloat ? "scene_linear" : "";
}

/// A field that the host renders by itself is a picture of its own, and so is one that was reduced,
/// in which lines are mixed.
Fields fieldsOf(const Call& call, const ofx::Clip& source) {
    const std::string wanted = call.in().get(kOfxImageEffectPropFieldToRender, kOfxImageFieldBoth);
    const bool isReduced = call.in().get(kOfxImageEffectPropRenderScale, 1.0, 1) != 1.0;
    if (wanted == kOfxImageFieldUpper || wanted == kOfxImageFieldLower || isReduced)
        return Fields::None;
    const std::string order = source.fieldOrder();
    if (order == kOfxImageFieldUpper) return Fields::UpperFirst;
    return order == kOfxImageFieldLower ? Fields::LowerFirst : Fields::None;
}

}  // namespace

RenderRequest makeRequest(const Call& call, const ofx::Clip& source, bool isFloat, OfxTime time) {
    const ParamReader params(ofx::ParamSet(call.suites, call.handle), call.effect, time);
    const Window window = params.window();
    RenderRequest request;
    request.time = time;
    request.before = window.before;
    request.after = window.after;
    request.encoding = encodingOf(call, source, isFloat);
    request.values = params.values(window);
    request.fields = fieldsOf(call, source);
    return request;
}

FramesNeeded needsOf(const Call& call, Instance& instance, const RenderRequest& request) {
    try {
        return instance.open(call.effect)->framesNeeded(request);
    } catch (const std::exception& error) {  // the render will meet it too, and tell
        return {request.before, request.after, error.what()};
    }
}

}  // namespace evenlight
