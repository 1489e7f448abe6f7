// SPDX-License-Identifier: Apache-2.0
// What Python is told of a frame, whatever it is asked of it.
#pragma once

#include "effect/call.h"
#include "effect/instance.h"
#include "effect/params.h"
#include "ofx/clip.h"
#include "runtime/runtime.h"

namespace evenlight {

/// The request for the frame at `time`, its whole window, and nothing of an output.
[[nodiscard]] RenderRequest makeRequest(const Call& call, const ofx::Clip& source, bool isFloat,
                                        OfxTime time);

/// What has to be read for a frame for which an analysis is named. Starts Python; where that fails,
/// all of the window is needed.
[[nodiscard]] FramesNeeded needsOf(const Call& call, Instance& instance,
                                   const RenderRequest& request);

}  // namespace evenlight
