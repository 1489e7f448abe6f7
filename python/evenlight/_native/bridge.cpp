// SPDX-License-Identifier: Apache-2.0
#include "bridge.h"

#include <algorithm>
#include <array>
#include <vector>

namespace evenlight::native {
namespace {

constexpr float kWhole = 0.999F;  // least weight of a picture that has no hole left
constexpr float kNothing = 1e-6F;

/// Sums of values (height, width, channels), and of how many they are, over squares of pixels.
struct Level {
    std::ptrdiff_t height, width;
    std::vector<float> sums, weights;
};

/// The two cells that lie nearest to one of twice as many along an axis, and their shares.
struct Between {
    std::ptrdiff_t first, second;
    float share, rest;

    Between(std::ptrdiff_t place, std::ptrdiff_t count)
        : first(std::max<std::ptrdiff_t>((place + 1) / 2 - 1, 0)),
          second(std::min((place + 1) / 2, count - 1)),
          share(place % 2 == 0 ? 0.25F : 0.75F),
          rest(1.0F - share) {}
};

template <int kChannels>
Level halved(const Level& fine) {
    const std::ptrdiff_t height = (fine.height + 1) / 2;
    const std::ptrdiff_t width = (fine.width + 1) / 2;
    const auto cells = static_cast<std::size_t>(height * width);
    Level coarse{height, width, std::vector<float>(cells * kChannels), std::vector<float>(cells)};
    float* sum = coarse.sums.data();
    float* weight = coarse.weights.data();
    for (std::ptrdiff_t y = 0; y < height; ++y) {
        const std::ptrdiff_t top = 2 * y * fine.width;
        const std::ptrdiff_t below = std::min(2 * y + 1, fine.height - 1) * fine.width;
        for (std::ptrdiff_t x = 0; x < width; ++x) {
            const std::ptrdiff_t left = 2 * x;
            const std::ptrdiff_t right = std::min(2 * x + 1, fine.width - 1);
            const std::array<std::ptrdiff_t, 4> at{top + left, top + right, below + left,
                                                   below + right};
            const float* w = fine.weights.data();
            *weight++ = ((w[at[0]] + w[at[1]]) + (w[at[2]] + w[at[3]])) * 0.25F;
            const float* s = fine.sums.data();
            for (int c = 0; c < kChannels; ++c)
                *sum++ = ((s[at[0] * kChannels + c] + s[at[1] * kChannels + c]) +
                          (s[at[2] * kChannels + c] + s[at[3] * kChannels + c])) *
                         0.25F;
        }
    }
    return coarse;
}

/// A value of the finer picture, of the `means` (height, width, channels) of a level.
template <int kChannels>
float enlarged(const Level& level, const Between& row, const Between& column, int channel) {
    const float* means = level.sums.data() + channel;
    const float* one = means + row.first * level.width * kChannels;
    const float* other = means + row.second * level.width * kChannels;
    const std::ptrdiff_t left = column.first * kChannels;
    const std::ptrdiff_t right = column.second * kChannels;
    return row.share * (column.share * one[left] + column.rest * one[right]) +
           row.rest * (column.share * other[left] + column.rest * other[right]);
}

/// Makes means of a level's sums: its own as far as they are any, those of the coarser one beyond.
template <int kChannels>
void complete(Level& level, const Level* coarser) {
    for (std::ptrdiff_t y = 0; y < level.height; ++y) {
        const Between row(y, coarser ? coarser->height : 1);
        for (std::ptrdiff_t x = 0; x < level.width; ++x) {
            const std::ptrdiff_t i = y * level.width + x;
            const float weight = level.weights[static_cast<std::size_t>(i)];
            const float share = std::min(weight, 1.0F);
            const Between column(x, coarser ? coarser->width : 1);
            for (int c = 0; c < kChannels; ++c) {
                float& value = level.sums[static_cast<std::size_t>(i * kChannels + c)];
                value /= std::max(weight, kNothing);
                if (coarser)
                    value = share * value +
                            (1.0F - share) * enlarged<kChannels>(*coarser, row, column, c);
            }
        }
    }
}

bool isLast(const Level& level) {
    return std::min(level.height, level.width) <= 2 ||
           *std::min_element(level.weights.begin(), level.weights.end()) > kWhole;
}

template <int kChannels>
void bridgeChannels(const float* field, const std::uint8_t* holes, std::ptrdiff_t height,
                    std::ptrdiff_t width, float* out) {
    const auto cells = static_cast<std::size_t>(height * width);
    std::vector<Level> levels;
    levels.push_back({height, width, std::vector<float>(field, field + cells * kChannels),
                      std::vector<float>(cells, 1.0F)});
    for (std::size_t i = 0; i < cells; ++i) {
        if (holes[i] == 0) continue;
        levels[0].weights[i] = 0.0F;
        std::fill_n(levels[0].sums.data() + i * kChannels, kChannels, 0.0F);
    }
    while (!isLast(levels.back())) levels.push_back(halved<kChannels>(levels.back()));
    for (std::size_t n = levels.size(); n-- > 1;)
        complete<kChannels>(levels[n], n + 1 < levels.size() ? &levels[n + 1] : nullptr);
    std::copy_n(levels[0].sums.data(), cells * kChannels, out);
    if (levels.size() == 1) return;
    for (std::ptrdiff_t y = 0; y < height; ++y) {
        const Between row(y, levels[1].height);
        for (std::ptrdiff_t x = 0; x < width; ++x) {
            const std::ptrdiff_t i = y * width + x;
            if (holes[i] == 0) continue;
            const Between column(x, levels[1].width);
            for (int c = 0; c < kChannels; ++c)
                out[i * kChannels + c] = enlarged<kChannels>(levels[1], row, column, c);
        }
    }
}

}  // namespace

void bridge(const float* field, const std::uint8_t* holes, std::ptrdiff_t height,
            std::ptrdiff_t width, std::ptrdiff_t channels, float* out) {
    if (channels == 1) return bridgeChannels<1>(field, holes, height, width, out);
    if (channels == 2) return bridgeChannels<2>(field, holes, height, width, out);
    if (channels == 3) return bridgeChannels<3>(field, holes, height, width, out);
    bridgeChannels<4>(field, holes, height, width, out);
}

}  // namespace evenlight::native
