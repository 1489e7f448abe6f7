// SPDX-License-Identifier: Apache-2.0
// What the buttons of the panel have Python do. Each returns a sentence that says what was done, on
// the host's main thread, and throws ofx::Error, or ofx::Aborted where the person stops it.
#pragma once

#include <string>

#include "effect/call.h"
#include "effect/instance.h"

namespace evenlight {

/// Sets the parameters as the preset file has them, in one step of undo.
[[nodiscard]] std::string loadPreset(const Call& call, Instance& instance);
/// Writes the parameters, as they are at this frame, to the preset file. A file that is there is
/// replaced only where the person says so.
[[nodiscard]] std::string savePreset(const Call& call, Instance& instance);
/// Measures the clip, and sets the parameters to suit it.
[[nodiscard]] std::string suitClip(const Call& call, Instance& instance);

}  // namespace evenlight
