// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "effect/call.h"
#include "effect/instance.h"

namespace evenlight {

/// Writes the Analysis file, with the host's progress bar, and returns a sentence that says so. On
/// the host's main thread. Throws ofx::Error, and ofx::Aborted where the person stops it.
[[nodiscard]] std::string analyseClip(const Call& call, Instance& instance);

}  // namespace evenlight
