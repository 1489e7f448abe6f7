// SPDX-License-Identifier: Apache-2.0
// Pictures smoothly continued into their holes. The NumPy twin is tests/reference/bridge.py.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight::native {

/// Fills the holes of `field` (height, width, channels), values row by row, from around them: means
/// over ever larger neighbourhoods, each where smaller ones hold nothing (pull and push). `holes`
/// (height, width) is not 0 there; what the field holds there is not read. `out` has the field's
/// size.
void bridge(const float* field, const std::uint8_t* holes, std::ptrdiff_t height,
            std::ptrdiff_t width, std::ptrdiff_t channels, float* out);

}  // namespace evenlight::native
