// SPDX-License-Identifier: Apache-2.0
// The images of a render: written down, copied through, released.
#pragma once

#include "questions.h"

namespace probe {

/// Connection and properties of each clip of an instance.
std::string clipsOf(const Suites& suites, OfxImageEffectHandle effect);

/// Fetches the source at t, t-1, t+1 and t again, the mask and the output; writes each down, copies
/// the source into the output's window, releases all.
OfxStatus passThrough(const Suites& suites, OfxImageEffectHandle effect, OfxPropertySetHandle in);

}  // namespace probe
