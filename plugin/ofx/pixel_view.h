// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "ofxCore.h"

namespace evenlight::ofx {

enum class Depth { Byte, Short, Half, Float };

[[nodiscard]] constexpr std::ptrdiff_t bytesOf(Depth depth) {
    return depth == Depth::Byte ? 1 : depth == Depth::Float ? 4 : 2;
}

/// Pixels that somebody else owns, as OpenFX lays them out: y runs upwards.
struct PixelView {
    std::byte* data = nullptr;    // pixel (bounds.x1, bounds.y1)
    std::ptrdiff_t rowBytes = 0;  // to the row above; may be negative or padded
    OfxRectI bounds{};            // pixel coordinates; need not start at (0, 0)
    int channels = 0;             // 1 Alpha, 3 RGB, 4 RGBA
    Depth depth = Depth::Float;

    [[nodiscard]] int width() const { return bounds.x2 - bounds.x1; }
    [[nodiscard]] int height() const { return bounds.y2 - bounds.y1; }
    [[nodiscard]] std::ptrdiff_t pixelBytes() const { return channels * bytesOf(depth); }

    /// First byte of pixel (x, y): nothing else in the plug-in turns coordinates into an address.
    [[nodiscard]] std::byte* at(int x, int y) const;
};

/// The part of `view` inside `window`.
[[nodiscard]] PixelView crop(const PixelView& view, const OfxRectI& window);

/// Copies where both have pixels; they must have the same channels and depth.
void copyPixels(const PixelView& from, const PixelView& to);

/// Black and transparent.
void clearPixels(const PixelView& view);

}  // namespace evenlight::ofx
