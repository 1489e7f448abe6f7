// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "effect/call.h"

namespace evenlight {

/// Sets the parameters of an errand's answer (see Runtime::runErrand), but those that a preset
/// keeps, in one step of undo that is named `edit`. Returns the sentence.
std::string setValues(const Call& call, const std::string& answer, const char* edit);

}  // namespace evenlight
