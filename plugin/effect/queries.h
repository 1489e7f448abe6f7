// SPDX-License-Identifier: Apache-2.0
// What the host asks of an instance before it renders. None of it starts Python, unless an analysis
// file is named: which frames are needed hangs on what is in it then.
#pragma once

#include "effect/call.h"

namespace evenlight {

OfxStatus framesNeeded(const Call& call);
OfxStatus regionOfDefinition(const Call& call);
OfxStatus regionsOfInterest(const Call& call);
OfxStatus isIdentity(const Call& call);

}  // namespace evenlight
