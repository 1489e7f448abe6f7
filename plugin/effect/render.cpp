// SPDX-License-Identifier: Apache-2.0
#include "effect/render.h"

#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <string>

#include "effect/clip_frames.h"
#include "effect/describe.h"
#include "effect/instance.h"
#include "effect/params.h"
#include "effect/request.h"
#include "ofx/coords.h"
#include "ofx/error.h"
#include "ofx/host_quirks.h"

namespace evenlight {
namespace {

constexpr const char* kNoNeighbours =
    "This host gives effects the current frame alone, so %E has nothing to compare it with and"
    " leaves the picture as it came. Name an Analysis file that `evenlight analyse` has written, "
    "use"
    " the command `evenlight`, or a host with temporal clip access.";

OfxRectI renderWindow(const Call& call) {
    const char* name = kOfxImageEffectPropRenderWindow;
    return {call.in().get(name, 0, 0), call.in().get(name, 0, 1), call.in().get(name, 0, 2),
            call.in().get(name, 0, 3)};
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

/// Some hosts make an instance for each frame: a text is told once in the life of the process.
void sayOnce(const Call& call, Instance& instance, const std::string& text) {
    static ProcessMutex mutex;
    // Never destroyed: the host's threads may outlive static objects.
    static auto& told = *new std::set<std::string>();
    {
        const std::scoped_lock lock(mutex);
        if (!told.insert(text).second) return;
    }
    instance.say(call, kOfxMessageWarning, text);
}

/// Why a frame is left as it came, or what is wrong with the analysis that could help.
std::string noNeighbours(const Call& call, const std::string& reason) {
    std::string text = kNoNeighbours;
    text.replace(text.find("%E"), 2, call.effect.label);
    return reason.empty() ? text : text + " " + reason + ".";
}

/// Has Python fill `out`, which lies inside the source, and tells what the user should know.
void process(const Call& call, Instance& instance, RenderRequest& request, const ofx::Clip& source,
             const ofx::Image& current, const ofx::PixelView& out) {
    request.originRow = current.pixels().bounds.y2 - out.bounds.y2;
    request.originColumn = out.bounds.x1 - current.pixels().bounds.x1;
    const std::shared_ptr<OpenEffect> python = instance.open(call.effect);
    ClipFrames frames(call, instance, source, current, call.time(), python->names());
    const std::string notice = python->process(request, frames, out);
    if (request.alone && !notice.empty())
        sayOnce(call, instance, notice);
    else
        instance.say(call, kOfxMessageWarning, notice);
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
    if (params.isIdentity()) {
        ofx::copyPixels(current->pixels(), wanted);
        instance.say(call, kOfxMessageWarning, "");
        return;
    }
    const bool isFloat = current->pixels().depth == ofx::Depth::Float;
    RenderRequest request = makeRequest(call, source, isFloat, call.time());
    request.alone = !ofx::hasTemporalAccess(call.host());
    if (request.alone) {
        FramesNeeded needs{request.before, request.after, ""};
        if (!params.analysis().empty()) needs = needsOf(call, instance, request);
        if (needs.before > 0 || needs.after > 0) {
            ofx::copyPixels(current->pixels(), wanted);
            sayOnce(call, instance, noNeighbours(call, needs.reason));
            return;
        }
    }
    process(call, instance, request, source, *current, wanted);
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
    const std::shared_ptr<Instance> kept = Instance::of(given);
    Instance& instance = kept ? *kept : passing;
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
        // The host that asked does not look at the pixels; one that destroys the instance may.
        return instance.isEnding() ? kOfxStatFailed : kOfxStatOK;
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
