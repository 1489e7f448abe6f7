// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "image.h"

namespace evenlight {

/// Knots of a curve: 2^-14..2^10, 32 to an octave, evenly spaced within each.
constexpr std::ptrdiff_t kLowestExponent = -14;
constexpr std::ptrdiff_t kOctaves = 24;
constexpr std::ptrdiff_t kKnotsPerOctave = 32;
/// Pieces between the knots, and one below and one above them.
constexpr std::ptrdiff_t kPieces = kOctaves * kKnotsPerOctave + 2;

struct Weights {
    const std::byte* data;  // float, one per pixel; null: 1 everywhere
    std::ptrdiff_t rowBytes, pixelBytes;
    bool inverted;
};

/// out = in through one piecewise linear curve per channel, in + weight * (curve(in) - in) where
/// weights are given. `slopes` and `offsets` are (kPieces, channels of `in`). With `premultiplied` the
/// last of four channels is alpha: the curve sees colour / alpha; alpha 0 is left alone. NaN and
/// infinity pass through. Runs on several threads.
void applyCurves(const Image& in, const float* slopes, const float* offsets, bool premultiplied,
                 const Weights& weights, const MutableImage& out);

}  // namespace evenlight
