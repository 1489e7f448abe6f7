// SPDX-License-Identifier: Apache-2.0
// Numbers that Python needs too: the module exports them, and nothing is typed twice.
#pragma once

#include <array>

namespace evenlight::native {

/// Shares of red, green and blue in luma by which frames are measured (Rec. 601).
constexpr std::array<float, 3> kLuma{0.299F, 0.587F, 0.114F};
/// Deviation of a cell's relative brightness, and what 8-bit noise adds to it in the dark.
constexpr double kTexture = 0.02;
constexpr double kNoise = 1.5 / 255.0;
/// Weight of a relation between two cells that are so bright that noise adds nothing.
constexpr double kSurest = 1.0 / (2.0 * kTexture * kTexture);

}  // namespace evenlight::native
