// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "image.h"

namespace evenlight::native {

/// Means of the pixels in each cell of a (height, width) grid laid over `in`, as RGB: `cells` is
/// (height, width, 3). Pixels that are NaN or infinite, or premultiplied with alpha 0, do not
/// count; a cell without any is 0. Values beyond +-65504 count as that. Runs on several threads.
void averageCells(const Image& in, bool premultiplied, std::ptrdiff_t height, std::ptrdiff_t width,
                  float* cells);

}  // namespace evenlight::native
