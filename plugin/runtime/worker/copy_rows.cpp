// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker/copy_rows.h"

#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>

namespace evenlight::worker {
namespace {

constexpr std::size_t kWorthAThread = 4U << 20U;  // bytes

std::size_t rowSize(const ofx::PixelView& view) {
    return static_cast<std::size_t>(view.width()) * static_cast<std::size_t>(view.pixelBytes());
}

/// The view's rows as memory holds them: the lowest address, and the distance to the next row.
struct Rows {
    std::byte* first;
    std::size_t stride;
    std::size_t count;

    explicit Rows(const ofx::PixelView& view)
        : first(view.at(view.bounds.x1, view.rowBytes > 0 ? view.bounds.y1 : view.bounds.y2 - 1)),
          stride(static_cast<std::size_t>(std::abs(view.rowBytes))),
          count(static_cast<std::size_t>(view.height())) {}
};

void copyRows(const std::byte* from, std::size_t fromStride, std::byte* to, std::size_t toStride,
              std::size_t size, std::size_t count) {
    if (fromStride == size && toStride == size) {
        std::memcpy(to, from, size * count);
        return;
    }
    for (std::size_t row = 0; row < count; ++row)
        std::memcpy(to + row * toStride, from + row * fromStride, size);
}

}  // namespace

std::size_t packedSize(const ofx::PixelView& view, int step) {
    const int rows = (view.height() - step / 2 + step - 1) / step;
    return rowSize(view) * static_cast<std::size_t>(rows < 1 ? 1 : rows);
}

void packEvery(const ofx::PixelView& view, int step, std::byte* packed) {
    const std::size_t size = rowSize(view);
    const int first = step / 2 < view.height() ? step / 2 : 0;
    for (int row = first; row < view.height(); row += step) {
        std::memcpy(packed, view.at(view.bounds.x1, view.bounds.y2 - 1 - row), size);
        packed += size;
        if (first != step / 2) return;  // lower than half a step: its top row stands for it
    }
}

void packRows(const ofx::PixelView& view, std::size_t first, std::size_t count, std::byte* packed) {
    const Rows rows(view);
    const std::size_t size = rowSize(view);
    copyRows(rows.first + first * rows.stride, rows.stride, packed + first * size, size, size,
             count);
}

void unpackRows(const std::byte* packed, const ofx::PixelView& view) {
    const Rows rows(view);
    const std::size_t size = rowSize(view);
    const auto unpack = [&](std::size_t first, std::size_t last) {
        copyRows(packed + first * size, size, rows.first + first * rows.stride, rows.stride, size,
                 last - first);
    };
    // The worker rests now: a second core halves the time of a large frame.
    const bool isLarge = size * rows.count >= kWorthAThread;
    const std::size_t half = isLarge ? rows.count / 2 : 0;
    std::thread helper;
    try {
        if (isLarge) helper = std::thread(unpack, 0, half);
    } catch (const std::system_error&) {
        unpack(0, half);  // no thread to be had
    }
    unpack(half, rows.count);
    if (helper.joinable()) helper.join();
}

}  // namespace evenlight::worker
