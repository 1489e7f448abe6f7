// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "ofx/pixel_view.h"

namespace evenlight::worker {

/// Bytes of every `step`-th row of a view, without padding.
[[nodiscard]] std::size_t packedSize(const ofx::PixelView& view, int step);

/// Every `step`-th row from row `step / 2` on, counted from the top, to packed memory.
void packEvery(const ofx::PixelView& view, int step, std::byte* packed);

/// Some rows to packed memory that holds all of them, counted and kept in the order they have in
/// memory, so that a frame without padding is one piece.
void packRows(const ofx::PixelView& view, std::size_t first, std::size_t count, std::byte* packed);

/// All rows from packed memory, in the view's own order in memory.
void unpackRows(const std::byte* packed, const ofx::PixelView& view);

}  // namespace evenlight::worker
