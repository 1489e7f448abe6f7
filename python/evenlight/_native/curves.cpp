// SPDX-License-Identifier: Apache-2.0
#include "curves.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "convert.h"
#include "multiversion.h"
#include "parallel.h"

namespace evenlight {

namespace {

/// Values worked on at a time: whole pixels of 1, 3 and 4 channels, and whole vectors of 8.
constexpr std::ptrdiff_t kBlock = 768;
using Block = std::array<float, kBlock>;
using Lanes = std::array<std::int32_t, kBlock>;

/// Bits of a float above those that count within one piece: exponent and 5 bits of mantissa.
constexpr std::int32_t kPieceShift = 18;
constexpr std::int32_t kFirstPiece =
    static_cast<std::int32_t>((kLowestExponent + 127) * kKnotsPerOctave) - 1;
constexpr std::int32_t kInfinity = 0x7F800000;

std::int32_t asBits(float value) {
    std::int32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// Negative values have their sign bit set, are negative integers too, and so fall in piece 0.
std::int32_t pieceOf(float value) {
    const std::int32_t piece = (asBits(value) >> kPieceShift) - kFirstPiece;
    return std::min(std::max(piece, 0), static_cast<std::int32_t>(kPieces) - 1);
}

bool isFinite(float value) { return (asBits(value) & kInfinity) != kInfinity; }

EVENLIGHT_MULTIVERSION void curveStraight(float* values, std::ptrdiff_t count, const Lanes& lanes,
                                          std::int32_t channels, const float* slopes,
                                          const float* offsets) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float value = values[i];
        const std::int32_t k = pieceOf(value) * channels + lanes[static_cast<std::size_t>(i)];
        const float curved = slopes[k] * value + offsets[k];
        values[i] = isFinite(value) ? curved : value;
    }
}

/// curve(value / alpha) * alpha, which is slope * value + offset * alpha: no rounding by division.
EVENLIGHT_MULTIVERSION void curvePremultiplied(float* values, const float* alphas,
                                               std::ptrdiff_t count, const Lanes& lanes,
                                               std::int32_t channels, const float* slopes,
                                               const float* offsets) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float value = values[i];
        const float alpha = alphas[i];
        const bool usable = (alpha != 0.0F) & isFinite(alpha) & isFinite(value);
        const std::int32_t k =
            pieceOf(value / alpha) * channels + lanes[static_cast<std::size_t>(i)];
        const float curved = slopes[k] * value + offsets[k] * alpha;
        values[i] = usable ? curved : value;
    }
}

EVENLIGHT_MULTIVERSION void blend(float* values, const float* before, const float* weights,
                                  std::ptrdiff_t count) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float mixed = before[i] + weights[i] * (values[i] - before[i]);
        const float partly = weights[i] >= 1.0F || !isFinite(before[i]) ? values[i] : mixed;
        values[i] = weights[i] > 0.0F ? partly : before[i];
    }
}

void spreadAlpha(const Block& values, std::ptrdiff_t count, Block& alphas) {
    for (std::size_t i = 0; i + 3 < static_cast<std::size_t>(count); i += 4)
        std::fill_n(alphas.begin() + static_cast<std::ptrdiff_t>(i), 4, values[i + 3]);
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

void applyCurves(const Image& in, const float* slopes, const float* offsets, bool premultiplied,
                 const Weights& weights, const MutableImage& out) {
    const auto channels = static_cast<std::int32_t>(in.channels);
    const std::ptrdiff_t blockPixels = kBlock / channels;
    const std::ptrdiff_t bytes = valueBytes(in.depth);
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
                if (premultiplied && channels == 4) {
                    spreadAlpha(values, count, spread);
                    curvePremultiplied(values.data(), spread.data(), count, lanes, channels, slopes,
                                       offsets);
                } else {
                    curveStraight(values.data(), count, lanes, channels, slopes, offsets);
                }
                if (weights.data) {
                    spreadWeights(weights, y, x, pixels, channels, spread);
                    blend(values.data(), before.data(), spread.data(), count);
                }
                store(values.data(), in.depth, count, out.row(y) + at);
            }
        }
    });
}

}  // namespace evenlight
