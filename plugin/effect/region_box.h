// SPDX-License-Identifier: Apache-2.0
// The region as a rectangle whose edges are dragged; knows no host.
#pragma once

#include <array>

#include "ofxCore.h"

namespace evenlight {

/// Left, bottom, right, top, as shares of the frame.
using Region = std::array<double, 4>;

/// Edges that a pen holds, by the same order.
using Edges = std::array<bool, 4>;

[[nodiscard]] OfxRectD boxOf(const Region& region, const OfxRectD& frame);
/// The edges within `reach` of the pen; a corner is two. All four inside of the box near its middle
/// mark.
[[nodiscard]] Edges edgesAt(const OfxRectD& box, const OfxPointD& pen, double reach);
[[nodiscard]] bool isAny(const Edges& edges);
/// The region with these edges moved by a pen from one place to another; it stays in the frame, and
/// no edge passes the one across.
[[nodiscard]] Region moved(const Region& region, const Edges& edges, const OfxPointD& from,
                           const OfxPointD& to, const OfxRectD& frame);

}  // namespace evenlight
