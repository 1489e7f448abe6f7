// SPDX-License-Identifier: Apache-2.0
// What the probe describes itself as: three contexts, a source, a mask, and a parameter of each
// kind.
#pragma once

#include <string>

#include "questions.h"

namespace probe {

void describe(const Suites& suites, OfxImageEffectHandle effect);
void describeInContext(const Suites& suites, OfxImageEffectHandle effect, const char* context,
                       const char* hostName);

/// What the parameters of an instance hold: now, or at a time; by kind, beside their defaults.
std::string valuesOf(const Suites& suites, OfxImageEffectHandle effect, const double* time);

}  // namespace probe
