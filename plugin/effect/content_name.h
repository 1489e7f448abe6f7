// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ofx/image.h"

namespace evenlight {

/// The host's name of an image with a digest of a sample of its pixels: equal for equal images.
/// Hosts were seen to give one name to many images below full scale, where it counts for nothing.
/// Empty where there is no name to count on.
[[nodiscard]] std::string contentName(const ofx::Image& image);

}  // namespace evenlight
