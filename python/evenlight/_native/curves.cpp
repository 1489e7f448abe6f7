// SPDX-License-Identifier: Apache-2.0
#include "curves.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "convert.h"
#include "multiversion.h"
#include "parallel.h"

namespace evenlight::native {

namespace {

/// Values worked on at a time: whole pixels of 1, 3 and 4 channels, and whole vectors of 8.
constexpr std::ptrdiff_t kBlock = 768;
using Block = std::array<float, kBlock>;
/// Channel of each value of a block.
using Lanes = std::array<std::int32_t, kBlock>;

/// Bits of a float below those that tell its piece: exponent and four bits of mantissa.
constexpr std::int32_t kPieceShift = 19;
constexpr std::int32_t kFirstPiece =
    static_cast<std::int32_t>((kLowestExponent + 127) * kKnotsPerOctave) - 1;
constexpr std::int32_t kInfinity = 0x7F800000;

std::int32_t asBits(float value) {
    std::int32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// Values below the lowest knot have fewer bits, negative ones are negative integers too: piece 0.
std::int32_t pieceOf(float level) {
    const std::int32_t piece = (asBits(level) >> kPieceShift) - kFirstPiece;
    return std::min(std::max(piece, 0), static_cast<std::int32_t>(kPieces) - 1);
}

bool isFinite(float value) {
    return (asBits(value) & kInfinity) != kInfinity;
}

EVENLIGHT_MULTIVERSION void applyByValue(float* __restrict values, std::ptrdiff_t count,
                                         const Lanes& lanes, std::int32_t channels,
                                         const Gains& gains) {
    const float* slopes = gains.slopes;
    const float* offsets = gains.offsets;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float value = values[i];
        const std::int32_t k = pieceOf(value) * channels + lanes[static_cast<std::size_t>(i)];
        const float applied = value * (slopes[k] * value + offsets[k]);
        values[i] = isFinite(value) ? applied : value;
    }
}

EVENLIGHT_MULTIVERSION void applyByLevel(float* __restrict values, const Block& levels,
                                         std::ptrdiff_t count, const Lanes& lanes,
                                         std::int32_t channels, const Gains& gains) {
    const float* slopes = gains.slopes;
    const float* offsets = gains.offsets;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float value = values[i];
        const float level = levels[static_cast<std::size_t>(i)];
        const std::int32_t k = pieceOf(level) * channels + lanes[static_cast<std::size_t>(i)];
        const float applied = value * (slopes[k] * level + offsets[k]);
        values[i] = isFinite(value) & isFinite(level) ? applied : value;
    }
}

EVENLIGHT_MULTIVERSION void blend(float* __restrict values, const Block& before,
                                  const Block& weights, std::ptrdiff_t count) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const float mixed = before[i] + weights[i] * (values[i] - before[i]);
        const float partly = weights[i] < 1.0F ? mixed : values[i];
        const bool touched = (weights[i] > 0.0F) & isFinite(before[i]);
        values[i] = touched ? partly : before[i];
    }
}

/// The levels that gains are read at, where they are not the values themselves.
template <std::size_t kChannels>
void findLevels(const Block& values, std::ptrdiff_t count, bool premultiplied, bool byMaximum,
                Block& levels) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); i += kChannels) {
        const float largest = std::max(std::max(values[i], values[i + 1]), values[i + 2]);
        // Divided by alpha 0 nothing is finite, and so nothing is changed.
        const float alpha = premultiplied ? values[i + kChannels - 1] : 1.0F;
        for (std::size_t c = 0; c < kChannels; ++c)
            levels[i + c] = (byMaximum ? largest : values[i + c]) / alpha;
    }
}

/// The field of each value of a block; alpha's lanes hold `none`.
void spreadGainMap(const GainMap& gainMap, std::ptrdiff_t y, std::ptrdiff_t firstPixel,
                   std::ptrdiff_t pixels, std::ptrdiff_t channels, float none, Block& spread) {
    const float* nodes = gainMap.nodes + y * gainMap.columns;
    float* to = spread.data();
    for (std::ptrdiff_t x = 0; x < pixels; ++x) {
        const std::ptrdiff_t at = gainMap.firstPixel + firstPixel + x;
        const std::ptrdiff_t node = at / kNodeDistance;
        const float share =
            static_cast<float>(at % kNodeDistance) / static_cast<float>(kNodeDistance);
        const float value = nodes[node] + share * (nodes[node + 1] - nodes[node]);
        for (std::ptrdiff_t c = 0; c < channels; ++c) *to++ = c == 3 ? none : value;
    }
}

EVENLIGHT_MULTIVERSION void applyFactors(float* __restrict values, const Block& factors,
                                         std::ptrdiff_t count) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float applied = values[i] * factors[static_cast<std::size_t>(i)];
        values[i] = isFinite(values[i]) ? applied : values[i];
    }
}

/// Moves values by exposure where the scale is logarithmic. `divide`: colour holds alpha.
void applyExposure(Block& values, const Block& exposure, std::ptrdiff_t count,
                   std::ptrdiff_t channels, bool divide, const GainMap& gainMap) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const float alpha = divide ? values[at - at % 4 + 3] : 1.0F;
        if (channels == 4 && i % 4 == 3) continue;
        const float level = values[at] / alpha;
        if (!isFinite(level) || !isFinite(alpha) || !isFinite(values[at])) continue;
        const std::int32_t k = pieceOf(level);
        values[at] += (gainMap.slopes[k] * level + gainMap.offsets[k]) * exposure[at] * alpha;
    }
}

void spreadWeights(const Weights& weights, std::ptrdiff_t y, std::ptrdiff_t firstPixel,
                   std::ptrdiff_t pixels, std::ptrdiff_t channels, Block& spread) {
    const std::byte* from = weights.data + y * weights.rowBytes + firstPixel * weights.pixelBytes;
    for (std::ptrdiff_t x = 0; x < pixels; ++x, from += weights.pixelBytes) {
        float weight = 0;
        std::memcpy(&weight, from, sizeof weight);
        std::fill_n(spread.begin() + x * channels, channels,
                    weights.inverted ? 1.0F - weight : weight);
    }
}

}  // namespace

void applyCurves(const Image& in, const Gains& gains, const GainMap& gainMap, bool premultiplied,
                 const Weights& weights, const MutableImage& out) {
    const auto channels = static_cast<std::int32_t>(in.channels);
    const std::ptrdiff_t blockPixels = kBlock / channels;
    const std::ptrdiff_t bytes = valueBytes(in.depth);
    const bool divide = premultiplied && channels == 4;
    const bool byMaximum = gains.byMaximum && channels >= 3;
    Lanes lanes{};
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(kBlock); ++i)
        lanes[static_cast<std::size_t>(i)] = i % channels;

    forRanges(in.height, [&](std::ptrdiff_t first, std::ptrdiff_t last) {
        Block values{};
        Block before{};
        Block spread{};
        for (std::ptrdiff_t y = first; y < last; ++y) {
            for (std::ptrdiff_t x = 0; x < in.width; x += blockPixels) {
                const std::ptrdiff_t pixels = std::min(blockPixels, in.width - x);
                const std::ptrdiff_t count = pixels * channels;
                const std::ptrdiff_t at = x * channels * bytes;
                load(in.row(y) + at, in.depth, count, values.data());
                if (weights.data) before = values;
                if (divide || byMaximum) {
                    (channels == 4 ? findLevels<4> : findLevels<3>)(values, count, divide,
                                                                    byMaximum, spread);
                    applyByLevel(values.data(), spread, count, lanes, channels, gains);
                } else {
                    applyByValue(values.data(), count, lanes, channels, gains);
                }
                if (gainMap.nodes) {
                    const bool factors = !gainMap.slopes;
                    spreadGainMap(gainMap, y, x, pixels, channels, factors ? 1.0F : 0.0F, spread);
                    if (factors)
                        applyFactors(values.data(), spread, count);
                    else
                        applyExposure(values, spread, count, channels, divide, gainMap);
                }
                if (weights.data) {
                    spreadWeights(weights, y, x, pixels, channels, spread);
                    blend(values.data(), before, spread, count);
                }
                store(values.data(), in.depth, count, out.row(y) + at);
            }
        }
    });
}

}  // namespace evenlight::native
