// SPDX-License-Identifier: Apache-2.0
// What the host learns of an effect. Depends on the table and on what the host says of itself
// alone.
#pragma once

#include "ofx/suites.h"
#include "schema/effect_table.h"

namespace evenlight {

constexpr const char* kSourceClip = kOfxImageEffectSimpleSourceClipName;
constexpr const char* kMaskClip = "Mask";

void describe(const ofx::Suites& suites, const schema::Effect& table, OfxImageEffectHandle handle);

/// The same clips and parameters in every context.
void describeInContext(const ofx::Suites& suites, const schema::Effect& table,
                       OfxImageEffectHandle handle);

}  // namespace evenlight
