// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ofx/suites.h"

namespace evenlight::ofx {

/// Shows `text` at the effect until it is cleared, or as a plain message in hosts that keep none.
/// `kind` is kOfxMessageError or kOfxMessageWarning. Does nothing where the host takes no messages.
void postMessage(const Suites& suites, OfxImageEffectHandle effect, const char* kind,
                 const std::string& text);

/// Whether the person says yes; no where the host cannot ask.
[[nodiscard]] bool askWhether(const Suites& suites, OfxImageEffectHandle effect,
                              const std::string& question);

void clearMessage(const Suites& suites, OfxImageEffectHandle effect);

}  // namespace evenlight::ofx
