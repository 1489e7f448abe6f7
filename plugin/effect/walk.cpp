// SPDX-License-Identifier: Apache-2.0
#include "effect/walk.h"

#include <cmath>
#include <string>
#include <utility>

#include "ofx/error.h"
#include "ofx/host_quirks.h"

namespace evenlight {
namespace {

constexpr double kMostFrames = 1 << 20;  // a clip without an end says more
constexpr std::chrono::milliseconds kGlance(100);

}  // namespace

StepFrames::StepFrames(ClipFrames frames, const ofx::Progress& progress, double done)
    : frames_(std::move(frames)), progress_(progress), done_(done) {}

std::optional<SourceImage> StepFrames::fetch(ClipId clip, OfxTime time) {
    return frames_.fetch(clip, time);
}

bool StepFrames::aborted() {
    const auto now = std::chrono::steady_clock::now();
    if (now - glanced_ < kGlance) return false;  // Python asks for each neighbour
    glanced_ = now;
    return frames_.isUnwanted() || !progress_.show(done_);
}

OfxRangeD rangeToWalk(const Call& call, const ofx::Clip& source, const char* command) {
    const std::string instead = std::string(" with the command `evenlight ") + command + "`.";
    if (!ofx::hasTemporalAccess(call.host()))
        throw ofx::Error(
            kOfxStatOK,
            "This host gives effects the current frame alone. Look at the clip" + instead);
    const std::optional<OfxRangeD> range = source.frameRange();
    if (!range || range->max - range->min >= kMostFrames)
        throw ofx::Error(kOfxStatOK,
                         "The host does not tell which frames the clip has. Look at it" + instead);
    return {std::ceil(range->min), std::floor(range->max)};
}

}  // namespace evenlight
