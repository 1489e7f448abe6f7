// SPDX-License-Identifier: Apache-2.0
#include "effect/request.h"

#include <exception>
#include <sstream>

#include "ofx/host_quirks.h"

namespace evenlight {
namespace {

std::string encodingOf(const Call& call, const ofx::Clip& source, bool isFloat) {
    const ofx::PropertySet host(call.suites, call.suites.host);
    if (ofx::hasColourManagement(host)) return source.colourspace();
    return ofx::quirksOf(host).worksSceneLinear && isFloat ? "scene_linear" : "";
}

/// Frames are not asked for where it is only asked which will be.
class NoFrames final : public FrameServer {
public:
    std::optional<SourceImage> fetch(Clip /*clip*/, OfxTime /*time*/) override { return {}; }
    bool aborted() override { return false; }
};

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

Needs needsOf(const Call& call, Instance& instance, const RenderRequest& request) {
    Needs needs{{request.before, request.after}, ""};
    try {
        NoFrames frames;
        std::istringstream answer(
            instance.open(call.effect).answer(Question::FramesNeeded, request, frames));
        Window window;
        if (!(answer >> window.before >> window.after)) return needs;
        needs.window = window;
        std::getline(answer >> std::ws, needs.reason);
    } catch (const std::exception& error) {
        needs.reason = error.what();  // the render will meet it too, and tell
    }
    return needs;
}

}  // namespace evenlight
