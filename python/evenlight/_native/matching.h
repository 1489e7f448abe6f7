// SPDX-License-Identifier: Apache-2.0
// What the neighbours of a frame say of its levels. The NumPy reference is
// tests/reference/matching.py.
#pragma once

#include <cstddef>
#include <vector>

namespace evenlight::native {

/// A frame's small picture; all rows are contiguous.
struct PreviewView {
    const float* structure;  // h * w, locally normalised log luma
    const float* colour;     // h * w * 3, display values
};

/// A neighbour and the flow to it from the frame one nearer to the centre.
struct StepView {
    PreviewView preview;
    const float* flow;   // h * w * 2, x then y, in cells
    const float* light;  // h * w: gain that evens its field, by cells of the centre; null: 1
};

struct MatchSettings {
    std::ptrdiff_t height;
    std::ptrdiff_t width;
    float match;                 // largest difference of structure of the same scene point
    double floor;                // display value below which ratios are noise
    double epsilon;              // display value that keeps the logarithm of dark cells quiet
    std::size_t quantiles;       // levels at which two histograms are compared
    double leastMatched;         // share below which nothing is said
    std::vector<double> levels;  // ascending display values at which gains are wanted
};

struct PairStatistics {
    double confidence;          // share of matched cells
    double change;              // stops, median over quantiles and channels
    std::vector<double> gains;  // 3 * levels
};

/// One side of the window, nearest neighbour first; flows are chained outwards from the centre.
std::vector<PairStatistics> follow(const PreviewView& centre, const std::vector<StepView>& side,
                                   const MatchSettings& settings);

}  // namespace evenlight::native
