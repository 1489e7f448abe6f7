// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "effect/call.h"

namespace evenlight {

/// Fills the render window. What fails leaves the source in it, and a message at the instance.
OfxStatus render(const Call& given);

}  // namespace evenlight
