// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "effect/call.h"

namespace evenlight {

/// Whether there is anything to draw with: the host's suite, or an OpenGL that the process has
/// loaded already. None is ever loaded for it.
[[nodiscard]] bool canDraw(const Call& call);

/// Draws a box with a mark in its middle; whether it could.
bool drawRectangle(const Call& call, const OfxRectD& box);

}  // namespace evenlight
