// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "effect/call.h"

namespace evenlight {

/// The actions of the region's rectangle over the picture, in hosts that have overlays. `interact`
/// is the host's handle of it, and `given.handle` nothing.
OfxStatus overlay(const char* action, const void* interact, const Call& given);

/// Names the rectangle's entry in a descriptor, where the effect has a region and the host
/// overlays: one that draws by the host's suite where it has it, else by what OpenGL the process
/// has.
void describeOverlay(const Call& call, OfxPluginEntryPoint* entry);

}  // namespace evenlight
