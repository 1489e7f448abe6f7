// SPDX-License-Identifier: Apache-2.0
#include "ofx/pixel_view.h"

#include <cassert>
#include <cstring>

#include "ofx/coords.h"

namespace evenlight::ofx {
namespace {

std::size_t rowSize(const PixelView& view) {
    return static_cast<std::size_t>(view.width() * view.pixelBytes());
}

}  // namespace

std::byte* PixelView::at(int x, int y) const {
    assert(x >= bounds.x1 && x < bounds.x2 && y >= bounds.y1 && y < bounds.y2);
    const std::ptrdiff_t row = std::ptrdiff_t{y} - bounds.y1;
    const std::ptrdiff_t column = std::ptrdiff_t{x} - bounds.x1;
    return data + row * rowBytes + column * pixelBytes();
}

PixelView crop(const PixelView& view, const OfxRectI& window) {
    PixelView part = view;
    part.bounds = intersect(view.bounds, window);
    if (!isEmpty(part.bounds)) part.data = view.at(part.bounds.x1, part.bounds.y1);
    return part;
}

void copyPixels(const PixelView& from, const PixelView& to) {
    assert(from.channels == to.channels && from.depth == to.depth);
    const PixelView source = crop(from, to.bounds);
    const PixelView target = crop(to, source.bounds);
    if (isEmpty(target.bounds)) return;
    for (int y = target.bounds.y1; y < target.bounds.y2; ++y)
        std::memcpy(target.at(target.bounds.x1, y), source.at(target.bounds.x1, y),
                    rowSize(target));
}

void clearPixels(const PixelView& view) {
    if (isEmpty(view.bounds)) return;
    for (int y = view.bounds.y1; y < view.bounds.y2; ++y)
        std::memset(view.at(view.bounds.x1, y), 0, rowSize(view));
}

}  // namespace evenlight::ofx
