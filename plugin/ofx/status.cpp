// SPDX-License-Identifier: Apache-2.0
#include "ofx/status.h"

#include <string>

#include "ofx/error.h"

namespace evenlight::ofx {

void check(OfxStatus status, const char* function) {
    if (status == kOfxStatOK) return;
    const std::string text = std::string("The host answers ") + function + " with status " +
                             std::to_string(status) + ".";
    throw Error(status == kOfxStatErrMemory ? kOfxStatErrMemory : kOfxStatFailed, text);
}

}  // namespace evenlight::ofx
