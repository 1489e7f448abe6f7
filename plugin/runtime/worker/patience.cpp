// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/patience.h"

#include <algorithm>

#include "runtime/worker/message.h"

namespace evenlight::worker {
namespace {

/// While a library is loaded no beat comes: from a cold disk in the network that takes long.
constexpr std::chrono::milliseconds kStart(60'000);

}  // namespace

void Patience::glance() {
    if (heart_.isReady()) waited_ += kGlance;
    silence_ = *heart_.beats == beats_ ? silence_ + kGlance : std::chrono::milliseconds(0);
    beats_ = *heart_.beats;
    const auto silent = heart_.isReady() ? heart_.patience : std::max(heart_.patience, kStart);
    if (silence_ >= silent) throw Lost("no sign of life", Lost::How::Silent);
    if (waited_ >= limit_) throw Lost("no answer", Lost::How::Late);
}

}  // namespace evenlight::worker
