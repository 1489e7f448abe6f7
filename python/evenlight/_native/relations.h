// SPDX-License-Identifier: Apache-2.0
// What each neighbour says of the light of every cell. The NumPy reference is
// tests/reference/fields.py.
#pragma once

#include <cstddef>
#include <vector>

#include "matching.h"

namespace evenlight::native {

struct RelationSettings {
    std::ptrdiff_t height;
    std::ptrdiff_t width;
    float match;        // difference of structure at which a cell counts 1/e
    double epsilon;     // display value that keeps the logarithm of dark cells quiet
    double firstLevel;  // log2 of the lowest level at which gains are given
    double levelStep;   // and their distance, in octaves
    std::size_t levels;
};

/// What a neighbour says of every cell: the logarithm of its light, and how much that counts.
/// Clipped cells speak as they look: were they left out, bright areas would be told only by frames
/// that are too dark there.
struct Relation {
    std::vector<double> values;
    std::vector<double> weights;
};

/// One side of the window, nearest neighbour first; `gains` (side, 3, levels) are the tone curves
/// to each neighbour. Flows are chained outwards.
std::vector<Relation> relate(const PreviewView& centre, const std::vector<StepView>& side,
                             const double* gains, const RelationSettings& settings);

}  // namespace evenlight::native
