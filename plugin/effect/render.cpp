// SPDX-License-Identifier: Apache-2.0
#include "effect/render.h"

#include <atomic>
#include <exception>
#include <new>
#include <optional>
#include <string>

#include "effect/describe.h"
#include "effect/host_frames.h"
#include "effect/instance.h"
#include "effect/params.h"
#include "ofx/coords.h"
#include "ofx/error.h"
#include "ofx/host_quirks.h"

namespace evenlight {
namespace {

constexpr const char* kNoNeighbours =
    "This host gives effects the current frame alone, so %E has nothing to compare it with and"
    " leaves the picture as it came. Use the command `evenlight`, or a host with temporal clip"
    " access.";

OfxRectI renderWindow(const Call& call) {
    const char* name = kOfxImageEffectPropRenderWindow;
    return {call.in().get(name, 0, 0), call.in().get(name, 0, 1), call.in().get(name, 0, 2),
            call.in().get(name, 0, 3)};
}

std::string encodingOf(const Call& call, const ofx::Clip& source, const ofx::PixelView& pixels) {
    const ofx::PropertySet host(call.suites, call.suites.host);
    if (ofx::hasColourManagement(host)) return source.colourspace();
    const bool isLinear = ofx::quirksOf(host).worksSceneLinear && pixels.depth == ofx::Depth::Float;
    return isLinear ? "scene_linear" : "";
}

bool haveSameKind(const ofx::PixelView& a, const ofx::PixelView& b) {
    return a.channels == b.channels && a.depth == b.depth;
}

void checkSameKind(const ofx::PixelView& source, const ofx::PixelView& output) {
    if (haveSameKind(source, output)) return;
    throw ofx::Error(kOfxStatFailed, "The source is " + ofx::describePixels(source) +
                                         " and the output " + ofx::describePixels(output) +
                                         "; Evenlight needs both to be the same. Convert one of"
                                         " them before or after the effect.");
}

/// What is left of a render that failed: the source where it can be copied, black elsewhere.
void passThrough(const std::optional<ofx::Image>& source, const ofx::PixelView& target) {
    ofx::clearPixels(target);
    if (source && haveSameKind(source->pixels(), target)) ofx::copyPixels(source->pixels(), target);
}

/// Some hosts make an instance for each frame: this is told once in the life of the process.
void sayNoNeighbours(const Call& call, Instance& instance) {
    static std::atomic_flag told = ATOMIC_FLAG_INIT;
    if (told.test_and_set()) return;
    std::string text = kNoNeighbours;
    text.replace(text.find("%E"), 2, call.effect.label);
    instance.say(call, kOfxMessageWarning, text);
}

/// Has Python fill `out`, which lies inside the source. Returns what the user should know.
std::string process(const Call& call, Instance& instance, const ParamReader& params,
                    const ofx::Clip& source, const ofx::Image& current, const ofx::PixelView& out) {
    const Window window = params.window();
    RenderRequest request;
    request.time = call.time();
    request.before = window.before;
    request.after = window.after;
    request.originRow = current.pixels().bounds.y2 - out.bounds.y2;
    request.originColumn = out.bounds.x1 - current.pixels().bounds.x1;
    request.encoding = encodingOf(call, source, current.pixels());
    request.values = params.values(window);
    HostFrames frames(call, source, current);
    return instance.open(call.effect).process(request, frames, out);
}

void fill(const Call& call, Instance& instance, const ofx::Clip& source,
          const std::optional<ofx::Image>& current, const ofx::PixelView& target) {
    if (!current) {
        ofx::clearPixels(target);
        return;
    }
    checkSameKind(current->pixels(), target);
    const ofx::PixelView wanted = ofx::crop(target, current->pixels().bounds);
    if (!ofx::isEqual(wanted.bounds, target.bounds)) ofx::clearPixels(target);
    if (ofx::isEmpty(wanted.bounds)) return;
    const ParamReader params(ofx::ParamSet(call.suites, call.handle), call.effect, call.time());
    const bool isIdentity = params.isIdentity();
    if (isIdentity || !ofx::hasTemporalAccess(call.host())) {
        ofx::copyPixels(current->pixels(), wanted);
        if (isIdentity)
            instance.say(call, kOfxMessageWarning, "");
        else
            sayNoNeighbours(call, instance);
        return;
    }
    instance.say(call, kOfxMessageWarning,
                 process(call, instance, params, source, *current, wanted));
}

void renderImage(const Call& call, Instance& instance, const ofx::Image& output) {
    const ofx::PixelView target = ofx::crop(output.pixels(), renderWindow(call));
    const ofx::Clip source(call.suites, call.handle, kSourceClip);
    std::optional<ofx::Image> current;
    try {
        current = source.fetch(call.time());
        fill(call, instance, source, current, target);
    } catch (const ofx::Aborted&) {
        throw;
    } catch (...) {
        passThrough(current, target);
        throw;
    }
}

OfxStatus fail(const Call& call, Instance& instance, OfxStatus status, const std::string& text) {
    instance.say(call, kOfxMessageError, text);
    return status;
}

}  // namespace

OfxStatus render(const Call& given) {
    Instance passing(given.suites);  // stands in where CreateInstance failed and the host went on
    Instance* kept = Instance::of(given);
    Instance& instance = kept != nullptr ? *kept : passing;
    const Call call{instance.suites(), given.effect, given.handle, given.inArgs, given.outArgs};
    try {
        const ofx::Clip clip(call.suites, call.handle, kOfxImageEffectOutputClipName);
        const std::optional<ofx::Image> output = clip.fetch(call.time());
        if (output)
            renderImage(call, instance, *output);
        else if (call.suites.effect->abort(call.handle) == 0)
            return fail(call, instance, kOfxStatFailed, "The host gave no image to render into.");
        return kOfxStatOK;
    } catch (const ofx::Aborted&) {
        return kOfxStatOK;  // the host does not look at the pixels
    } catch (const ofx::Error& error) {
        return fail(call, instance, error.status(), error.what());
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;  // the host may purge its caches and call again
    } catch (const std::exception& error) {
        return fail(call, instance, kOfxStatFailed,
                    std::string("Evenlight met an error of its own (") + error.what() +
                        "). Please report it.");
    }
}

}  // namespace evenlight
