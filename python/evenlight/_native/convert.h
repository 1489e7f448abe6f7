// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "image.h"

namespace evenlight::native {

/// Bytes of one value.
[[nodiscard]] std::ptrdiff_t valueBytes(Depth depth) noexcept;

/// `count` values of a row as float, integers scaled to 0..1.
void load(const std::byte* from, Depth depth, std::ptrdiff_t count, float* to);

/// The inverse: integers are clamped and rounded to nearest, halves rounded to nearest even with
/// finite values staying finite.
void store(const float* from, Depth depth, std::ptrdiff_t count, std::byte* to);

}  // namespace evenlight::native
