// SPDX-License-Identifier: Apache-2.0
// A walk along the clip that a button asks for, with the host's progress bar.
#pragma once

#include <chrono>

#include "effect/call.h"
#include "effect/clip_frames.h"
#include "ofx/progress.h"

namespace evenlight {

/// The frames of one step. That the person wants to stop is told by the progress bar.
class StepFrames final : public FrameServer {
public:
    StepFrames(ClipFrames frames, const ofx::Progress& progress, double done);

    [[nodiscard]] std::optional<SourceImage> fetch(ClipId clip, OfxTime time) override;
    [[nodiscard]] bool aborted() override;

private:
    ClipFrames frames_;
    std::chrono::steady_clock::time_point glanced_ = std::chrono::steady_clock::now();
    const ofx::Progress& progress_;
    double done_;
};

/// First and last frame of the clip. Throws ofx::Error, with the command that does it instead,
/// where the host gives no neighbours or does not tell.
[[nodiscard]] OfxRangeD rangeToWalk(const Call& call, const ofx::Clip& source, const char* command);

}  // namespace evenlight
