// SPDX-License-Identifier: Apache-2.0
// Rectangles: x1, y1 inside, x2, y2 outside, y upwards.
#pragma once

#include <algorithm>

#include "ofxCore.h"

namespace evenlight::ofx {

[[nodiscard]] constexpr bool isEmpty(const OfxRectI& r) {
    return r.x1 >= r.x2 || r.y1 >= r.y2;
}

[[nodiscard]] constexpr bool isEqual(const OfxRectI& a, const OfxRectI& b) {
    return a.x1 == b.x1 && a.y1 == b.y1 && a.x2 == b.x2 && a.y2 == b.y2;
}

/// What both hold; empty, but with its edges in order, where they do not meet.
[[nodiscard]] constexpr OfxRectI intersect(const OfxRectI& a, const OfxRectI& b) {
    const int x1 = std::max(a.x1, b.x1);
    const int y1 = std::max(a.y1, b.y1);
    return {x1, y1, std::max(x1, std::min(a.x2, b.x2)), std::max(y1, std::min(a.y2, b.y2))};
}

}  // namespace evenlight::ofx
