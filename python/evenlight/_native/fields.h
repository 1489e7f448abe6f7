// SPDX-License-Identifier: Apache-2.0
// How the light of a neighbour differs over the frame: low-frequency DCT fields, fitted robustly.
// The NumPy reference is tests/reference/fields.py.
#pragma once

#include <cstddef>
#include <vector>

#include "relations.h"

namespace evenlight::native {

struct FieldSettings {
    std::ptrdiff_t height;
    std::ptrdiff_t width;
    std::size_t order;  // cosines along each axis: order x order terms
    std::size_t bands;  // cosines along the axis of the bands, those of `order` among them
    bool columns;       // bands stand upright

    [[nodiscard]] std::size_t terms() const {
        return order * order + (bands > order ? bands - order : 0);
    }
};

/// One neighbour's field: natural logarithm of its light over the current frame's, after gains.
struct FittedField {
    std::vector<double> coefficients;  // terms(): (row, column) frequencies row by row, then bands
    double weight;                     // share of the frame that spoke, 0..1
    double deviation;                  // of what is left, robust, where noise is average
};

/// A robust fit to each relation.
std::vector<FittedField> fitFields(const std::vector<Relation>& relations,
                                   const FieldSettings& settings);

}  // namespace evenlight::native
