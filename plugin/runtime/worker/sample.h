// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ofx/pixel_view.h"

namespace evenlight::worker {

/// A digest of about 64 x 64 pixels all over an image: hosts give one name to several images.
[[nodiscard]] std::uint64_t sampleOf(const ofx::PixelView& view);

}  // namespace evenlight::worker
