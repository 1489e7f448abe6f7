// SPDX-License-Identifier: Apache-2.0
// Tone curves on full-size pixels. The NumPy reference is tests/reference/kernels.py.
#pragma once

#include <cstddef>

#include "image.h"

namespace evenlight::native {

/// Knots of a curve: 2^-14..2^8, 16 to an octave, evenly spaced within each.
constexpr std::ptrdiff_t kLowestExponent = -14;
constexpr std::ptrdiff_t kOctaves = 22;
constexpr std::ptrdiff_t kKnotsPerOctave = 16;
/// Pieces between the knots, one below (negative values among them) and one above.
constexpr std::ptrdiff_t kPieces = kOctaves * kKnotsPerOctave + 2;

/// gain(level) = slope * level + offset, for each piece and channel: both (kPieces, channels).
struct Gains {
    const float* slopes;
    const float* offsets;
    bool byMaximum;  // the level of all channels is the largest of the first three
};

struct Weights {
    const std::byte* data;  // float, one per pixel; null: 1 everywhere
    std::ptrdiff_t rowBytes, pixelBytes;
    bool inverted;
};

/// A field over the frame, given at every `kNodeDistance`-th column and linear between.
struct GainMap {
    const float* nodes;  // rows * columns; null: no field
    std::ptrdiff_t columns;
    std::ptrdiff_t firstPixel;  // column of the frame that pixel 0 of a row is
    /// Null: nodes are factors. Else nodes are changes of exposure, and a value moves by them
    /// times slope * value + offset of its piece: kPieces of either.
    const float* slopes;
    const float* offsets;
};
constexpr std::ptrdiff_t kNodeDistance = 4;

/// out = in * gain(in), then the gain map; or in + weight * (in * gain(in) - in) where weights are
/// given. With `premultiplied` the last of four channels is alpha and levels are colour / alpha;
/// alpha 0 is left alone. NaN and infinity pass through. Runs on several threads.
void applyCurves(const Image& in, const Gains& gains, const GainMap& gainMap, bool premultiplied,
                 const Weights& weights, const MutableImage& out);

}  // namespace evenlight::native
