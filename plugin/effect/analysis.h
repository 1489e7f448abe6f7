// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "effect/call.h"

namespace evenlight {

/// A press of Analyse clip writes the Analysis file, with the host's progress bar; all other
/// changes are left to the host. On the host's main thread.
OfxStatus instanceChanged(const Call& given);

}  // namespace evenlight
