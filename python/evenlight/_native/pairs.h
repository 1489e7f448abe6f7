// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight {

constexpr int kColours = 3;

/// A small picture: colour (height, width, 3) and structure (height, width), rows packed.
struct SmallPicture {
    const float* colour;
    const float* structure;
};

/// Cells of `here` whose structure differs by less than `match` from that of `there` at the place
/// the field (height, width, 2: x then y, in cells) points to, and `nQuantiles` quantiles of the
/// colour over them: `quantiles` is (3, 2, nQuantiles), here then there, each a value above
/// -`floor`, resolved to 1/256 octave of value + floor. Returns how many cells matched; the
/// quantiles are left alone when none did.
std::ptrdiff_t matchedQuantiles(const SmallPicture& here, const SmallPicture& there,
                                const float* field, std::ptrdiff_t height, std::ptrdiff_t width,
                                float match, float floor, std::ptrdiff_t nQuantiles,
                                double* quantiles);

/// Sends `field` on by `step`: out(x) = field(x) + step(x + field(x)), all (height, width, 2).
void chainFields(const float* field, const float* step, std::ptrdiff_t height, std::ptrdiff_t width,
                 float* out);

}  // namespace evenlight
