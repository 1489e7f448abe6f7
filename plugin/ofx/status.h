// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ofxCore.h"

namespace evenlight::ofx {

/// Throws Error unless `status` is kOfxStatOK: with kOfxStatErrMemory for that, else with
/// kOfxStatFailed, which every action may answer. `function` is the suite's name for it.
void check(OfxStatus status, const char* function);

}  // namespace evenlight::ofx
