// SPDX-License-Identifier: Apache-2.0
#include "effect/region_box.h"

#include <algorithm>
#include <cmath>

namespace evenlight {
namespace {

constexpr double kLeast = 0.02;  // share of the frame that a region has at least

double widthOf(const OfxRectD& frame) {
    return std::max(frame.x2 - frame.x1, 1.0);
}

double heightOf(const OfxRectD& frame) {
    return std::max(frame.y2 - frame.y1, 1.0);
}

}  // namespace

OfxRectD boxOf(const Region& region, const OfxRectD& frame) {
    return {frame.x1 + region[0] * widthOf(frame), frame.y1 + region[1] * heightOf(frame),
            frame.x1 + region[2] * widthOf(frame), frame.y1 + region[3] * heightOf(frame)};
}

Edges edgesAt(const OfxRectD& box, const OfxPointD& pen, double reach) {
    const double x = (box.x1 + box.x2) / 2;
    const double y = (box.y1 + box.y2) / 2;
    if (std::hypot(pen.x - x, pen.y - y) <= reach) return {true, true, true, true};
    const bool isBeside = pen.x >= box.x1 - reach && pen.x <= box.x2 + reach &&
                          pen.y >= box.y1 - reach && pen.y <= box.y2 + reach;
    if (!isBeside) return {};
    return {std::abs(pen.x - box.x1) <= reach, std::abs(pen.y - box.y1) <= reach,
            std::abs(pen.x - box.x2) <= reach, std::abs(pen.y - box.y2) <= reach};
}

bool isAny(const Edges& edges) {
    return std::any_of(edges.begin(), edges.end(), [](bool held) { return held; });
}

Region moved(const Region& region, const Edges& edges, const OfxPointD& from, const OfxPointD& to,
             const OfxRectD& frame) {
    const std::array<double, 2> by{(to.x - from.x) / widthOf(frame),
                                   (to.y - from.y) / heightOf(frame)};
    Region result = region;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        double& low = result[axis];
        double& high = result[axis + 2];
        if (edges[axis] && edges[axis + 2]) {
            const double step = std::clamp(by.at(axis), -low, 1 - high);
            low += step;
            high += step;
        } else if (edges[axis]) {
            low = std::clamp(low + by.at(axis), 0.0, std::max(0.0, high - kLeast));
        } else if (edges[axis + 2]) {
            high = std::clamp(high + by.at(axis), std::min(1.0, low + kLeast), 1.0);
        }
    }
    return result;
}

}  // namespace evenlight
