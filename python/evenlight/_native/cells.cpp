// SPDX-License-Identifier: Apache-2.0
#include "cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "convert.h"
#include "parallel.h"

namespace evenlight::native {

namespace {

constexpr float kLargest = 65504.0F;

struct Sum {
    std::array<double, 3> colour{};
    double pixels = 0;
};

/// Cell `index` of `count` over `size` rows or columns begins here; no cell is empty.
std::ptrdiff_t cellStart(std::ptrdiff_t index, std::ptrdiff_t count, std::ptrdiff_t size) {
    return index * size / count;
}

std::ptrdiff_t cellStop(std::ptrdiff_t index, std::ptrdiff_t count, std::ptrdiff_t size) {
    return std::max(cellStart(index, count, size) + 1, cellStart(index + 1, count, size));
}

template <int kChannels, bool kPremultiplied>
void addPixels(const float* pixel, std::ptrdiff_t count, Sum& sum) {
    constexpr int kGreen = kChannels == 1 ? 0 : 1;
    constexpr int kBlue = kChannels == 1 ? 0 : 2;
    for (std::ptrdiff_t x = 0; x < count; ++x, pixel += kChannels) {
        float red = pixel[0];
        float green = pixel[kGreen];
        float blue = pixel[kBlue];
        if constexpr (kPremultiplied) {
            const float alpha = pixel[3];
            red /= alpha;  // alpha 0 gives NaN or infinity, which do not count
            green /= alpha;
            blue /= alpha;
        }
        const float test = (red - red) + (green - green) + (blue - blue);
        const double counts = test == 0.0F ? 1.0 : 0.0;
        const auto add = [&](std::size_t c, float value) {
            const float bounded = std::min(std::max(value, -kLargest), kLargest);
            sum.colour[c] += test == 0.0F ? static_cast<double>(bounded) : 0.0;
        };
        add(0, red);
        add(1, green);
        add(2, blue);
        sum.pixels += counts;
    }
}

}  // namespace

void averageCells(const Image& in, bool premultiplied, std::ptrdiff_t height, std::ptrdiff_t width,
                  float* cells) {
    const auto add = in.channels == 1   ? addPixels<1, false>
                     : in.channels == 3 ? addPixels<3, false>
                     : premultiplied    ? addPixels<4, true>
                                        : addPixels<4, false>;
    forRanges(height, [&](std::ptrdiff_t first, std::ptrdiff_t last) {
        std::vector<float> row(static_cast<std::size_t>(in.width * in.channels));
        std::vector<Sum> sums(static_cast<std::size_t>(width));
        for (std::ptrdiff_t cellRow = first; cellRow < last; ++cellRow) {
            std::fill(sums.begin(), sums.end(), Sum{});
            const std::ptrdiff_t stop = cellStop(cellRow, height, in.height);
            for (std::ptrdiff_t y = cellStart(cellRow, height, in.height); y < stop; ++y) {
                const float* values = row.data();
                if (in.depth == Depth::single) {
                    values = reinterpret_cast<const float*>(in.row(y));
                } else {
                    load(in.row(y), in.depth, in.width * in.channels, row.data());
                }
                for (std::ptrdiff_t j = 0; j < width; ++j) {
                    const std::ptrdiff_t start = cellStart(j, width, in.width);
                    add(values + start * in.channels, cellStop(j, width, in.width) - start,
                        sums[static_cast<std::size_t>(j)]);
                }
            }
            float* cell = cells + cellRow * width * 3;
            for (const Sum& sum : sums) {
                for (const double colour : sum.colour)
                    *cell++ = static_cast<float>(sum.pixels > 0 ? colour / sum.pixels : 0.0);
            }
        }
    });
}

}  // namespace evenlight::native
