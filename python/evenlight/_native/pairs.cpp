// SPDX-License-Identifier: Apache-2.0
#include "pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

namespace evenlight {

namespace {

/// Where a position falls between four cells; positions outside are moved to the edge.
struct Corners {
    std::ptrdiff_t topLeft, topRight, bottomLeft, bottomRight;
    float right, bottom;  // weight of the right and of the bottom ones

    [[nodiscard]] float sample(const float* plane, std::ptrdiff_t channels,
                               std::ptrdiff_t channel) const {
        const auto at = [&](std::ptrdiff_t cell) { return plane[cell * channels + channel]; };
        const float top = at(topLeft) * (1 - right) + at(topRight) * right;
        const float low = at(bottomLeft) * (1 - right) + at(bottomRight) * right;
        return top * (1 - bottom) + low * bottom;
    }
};

/// Into 0..limit; NaN becomes 0.
float clampTo(float value, float limit) { return value > 0 ? std::min(value, limit) : 0.0F; }

Corners cornersAt(float x, float y, std::ptrdiff_t height, std::ptrdiff_t width) {
    const float left = clampTo(x, static_cast<float>(width - 1));
    const float top = clampTo(y, static_cast<float>(height - 1));
    const auto x0 = static_cast<std::ptrdiff_t>(left);
    const auto y0 = static_cast<std::ptrdiff_t>(top);
    const std::ptrdiff_t x1 = std::min(x0 + 1, width - 1);
    const std::ptrdiff_t y1 = std::min(y0 + 1, height - 1);
    return {y0 * width + x0,
            y0 * width + x1,
            y1 * width + x0,
            y1 * width + x1,
            left - static_cast<float>(x0),
            top - static_cast<float>(y0)};
}

/// A histogram whose bins are 1/256 octave wide and know the mean of what is in them: a pile of
/// equal values keeps its value exactly.
class Histogram {
public:
    explicit Histogram(float floor) : floor_(floor), firstBin_(bitsOf(floor) >> kBinShift) {}

    void clear() { bins_.fill(0); }

    void add(float value) {
        const std::uint32_t bits = bitsOf(std::max(value, 0.0F) + floor_);
        const std::uint32_t bin = std::min((bits >> kBinShift) - firstBin_, kBins - 1);
        bins_[bin] += kOne + (bits & kLowBits);
    }

    /// Quantiles at ranks (k + 1/2) / n of `count` values.
    void quantiles(std::ptrdiff_t count, std::ptrdiff_t n, double* out) const {
        std::ptrdiff_t below = 0;
        std::ptrdiff_t k = 0;
        for (std::uint32_t bin = 0; bin < kBins; ++bin) {
            const std::uint64_t entry = bins_[bin];
            if (entry == 0) continue;
            const auto inside = static_cast<std::ptrdiff_t>(entry >> kCountShift);
            below += inside;
            const auto low = static_cast<std::uint32_t>((entry & (kOne - 1)) /
                                                        static_cast<std::uint64_t>(inside));
            const double value = valueOf(((bin + firstBin_) << kBinShift) + low) -
                                 static_cast<double>(floor_);
            for (; k < n && (2 * k + 1) * count < 2 * n * below; ++k) out[k] = value;
        }
    }

private:
    static constexpr std::uint32_t kBinShift = 15;  // leaves 8 bits of mantissa above
    static constexpr std::uint32_t kLowBits = (1U << kBinShift) - 1;
    static constexpr std::uint32_t kBins = 14 * 256;  // octaves above the floor
    static constexpr std::uint32_t kCountShift = 40;  // count above, sum of the low bits below
    static constexpr std::uint64_t kOne = 1ULL << kCountShift;

    static std::uint32_t bitsOf(float value) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        return bits;
    }

    static double valueOf(std::uint32_t bits) {
        float value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return static_cast<double>(value);
    }

    float floor_;
    std::uint32_t firstBin_;
    std::array<std::uint64_t, kBins> bins_{};
};

struct Match {
    std::ptrdiff_t cell;
    Corners there;
};

std::vector<Match> findMatches(const SmallPicture& here, const SmallPicture& there,
                               const float* field, std::ptrdiff_t height, std::ptrdiff_t width,
                               float match) {
    std::vector<Match> matches;
    matches.reserve(static_cast<std::size_t>(height * width));
    const auto right = static_cast<float>(width - 1);
    const auto bottom = static_cast<float>(height - 1);
    for (std::ptrdiff_t row = 0; row < height; ++row) {
        for (std::ptrdiff_t column = 0; column < width; ++column) {
            const std::ptrdiff_t cell = row * width + column;
            const float x = static_cast<float>(column) + field[2 * cell];
            const float y = static_cast<float>(row) + field[2 * cell + 1];
            if (!(x >= 0 && x <= right && y >= 0 && y <= bottom)) continue;
            const Corners corners = cornersAt(x, y, height, width);
            const float difference = corners.sample(there.structure, 1, 0) - here.structure[cell];
            if (std::abs(difference) < match) matches.push_back({cell, corners});
        }
    }
    return matches;
}

}  // namespace

std::ptrdiff_t matchedQuantiles(const SmallPicture& here, const SmallPicture& there,
                                const float* field, std::ptrdiff_t height, std::ptrdiff_t width,
                                float match, float floor, std::ptrdiff_t nQuantiles,
                                double* quantiles) {
    const std::vector<Match> matches = findMatches(here, there, field, height, width, match);
    const auto count = static_cast<std::ptrdiff_t>(matches.size());
    if (count == 0) return 0;
    Histogram histogram(floor);
    for (std::ptrdiff_t c = 0; c < kColours; ++c, quantiles += 2 * nQuantiles) {
        histogram.clear();
        for (const Match& found : matches) histogram.add(here.colour[found.cell * kColours + c]);
        histogram.quantiles(count, nQuantiles, quantiles);
        histogram.clear();
        for (const Match& found : matches) histogram.add(found.there.sample(there.colour, kColours, c));
        histogram.quantiles(count, nQuantiles, quantiles + nQuantiles);
    }
    return count;
}

void chainFields(const float* field, const float* step, std::ptrdiff_t height, std::ptrdiff_t width,
                 float* out) {
    for (std::ptrdiff_t row = 0; row < height; ++row) {
        for (std::ptrdiff_t column = 0; column < width; ++column, field += 2, out += 2) {
            const Corners corners = cornersAt(static_cast<float>(column) + field[0],
                                              static_cast<float>(row) + field[1], height, width);
            out[0] = field[0] + corners.sample(step, 2, 0);
            out[1] = field[1] + corners.sample(step, 2, 1);
        }
    }
}

}  // namespace evenlight
