// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_host.h"

namespace fake {

/// The host that was made last: fetchSuite asks it what to withhold.
extern Host* current;

const void* fetchSuite(OfxPropertySetHandle host, const char* name, int version);

}  // namespace fake
