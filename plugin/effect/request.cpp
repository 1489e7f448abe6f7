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
