// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "effect/call.h"

namespace evenlight {

/// What a person's change brings with it: a preset or a button that is pressed, controls that have
/// an effect now, a mask that is connected. On the host's main thread.
OfxStatus instanceChanged(const Call& given);

/// The panel is opened: controls that have no effect are disabled.
OfxStatus beginInstanceEdit(const Call& given);

}  // namespace evenlight
