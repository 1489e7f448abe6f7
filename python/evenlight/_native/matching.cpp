// SPDX-License-Identifier: Apache-2.0
#include "matching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "bilinear.h"
#include "elementwise.h"

namespace evenlight::native {
namespace {

// Histogram bins: one for [0, 2^-8), then 64 an octave up to 2^4, by the leading bits of the float.
constexpr int kMantissaBits = 6;
constexpr std::uint32_t kShift = 23 - kMantissaBits;
constexpr std::uint32_t kFirst = (127U - 8U) << kMantissaBits;
constexpr std::size_t kBins = (12U << kMantissaBits) + 1;

struct Histogram {
    std::array<std::uint32_t, kBins> counts{};
    std::array<double, kBins> sums{};

    void add(float value) {
        const std::size_t bin = binOf(value);
        ++counts[bin];
        sums[bin] += static_cast<double>(value);
    }

private:
    static std::size_t binOf(float value);
};

std::size_t Histogram::binOf(float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    const std::uint32_t key = bits >> kShift;
    return key < kFirst ? 0 : std::min<std::size_t>(key - kFirst + 1, kBins - 1);
}

double lowerEdge(std::size_t bin) {
    if (bin == 0) return 0.0;
    const std::size_t step = bin - 1;
    const double mantissa = 1.0 + static_cast<double>(step & 63U) / 64.0;
    return std::ldexp(mantissa, static_cast<int>(step >> kMantissaBits) - 8);
}

/// The value below which a share of the samples lies.
struct Quantile {
    double value;
    std::size_t bin;
    bool crowded;  // many samples of one value, as where a frame clips: `value` is their mean
};

/// Quantiles of shares (i + 1/2) / count, linear inside a bin that is not crowded.
std::vector<Quantile> quantiles(const Histogram& histogram, std::size_t samples,
                                std::size_t count) {
    std::vector<Quantile> found(count);
    const double crowd = 2.0 * static_cast<double>(samples) / static_cast<double>(count);
    std::size_t bin = 0;
    double below = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double wanted = (static_cast<double>(i) + 0.5) / static_cast<double>(count) *
                              static_cast<double>(samples);
        while (below + histogram.counts[bin] < wanted) below += histogram.counts[bin++];
        const double held = histogram.counts[bin];
        const double low = lowerEdge(bin);
        const double inside = low + (wanted - below) / held * (lowerEdge(bin + 1) - low);
        const bool crowded = held >= crowd;
        found[i] = {crowded ? histogram.sums[bin] / held : inside, bin, crowded};
    }
    return found;
}

/// Quantiles of here against those there. What is one value here was many there: their mean. What
/// is clipped there and not here says only "more", and is left out.
std::pair<std::vector<double>, std::vector<double>> pairedUp(const std::vector<Quantile>& here,
                                                             const std::vector<Quantile>& there) {
    const auto clipped = [](const std::vector<Quantile>& all, std::size_t i) {
        return all[i].crowded && all[i].bin == all.back().bin;
    };
    std::pair<std::vector<double>, std::vector<double>> paired;
    for (std::size_t i = 0; i < here.size();) {
        std::size_t next = i + 1;
        while (next < here.size() && here[i].crowded && here[next].bin == here[i].bin) ++next;
        if (clipped(here, i) || !clipped(there, i)) {
            double sum = 0.0;
            for (std::size_t k = i; k < next; ++k) sum += there[k].value;
            paired.first.push_back(here[i].value);
            paired.second.push_back(sum / static_cast<double>(next - i));
        }
        i = next;
    }
    return paired;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0.0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// Linear interpolation of (x, y), x ascending, constant outside.
double interpolate(double at, const std::vector<double>& x, const std::vector<double>& y) {
    if (at <= x.front()) return y.front();
    if (at >= x.back()) return y.back();
    const auto right =
        static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), at) - x.begin());
    const double span = x[right] - x[right - 1];
    return y[right - 1] + (at - x[right - 1]) / span * (y[right] - y[right - 1]);
}

/// Ratio of the quantiles of two histograms as a function of level; outliers are left out.
void gainsOf(const std::vector<double>& here, const std::vector<double>& there,
             const MatchSettings& settings, const std::vector<double>& keys, double* gains,
             std::vector<double>& changes) {
    const std::size_t count = here.size();
    if (count == 0) return;
    std::vector<double> stops(count);
    for (std::size_t i = 0; i < count; ++i)
        stops[i] = log2Of((there[i] + settings.epsilon) / (here[i] + settings.epsilon));
    const double middle = median(stops);
    std::vector<double> distance(count);
    for (std::size_t i = 0; i < count; ++i) distance[i] = std::abs(stops[i] - middle);
    const double limit = 6.0 * (median(distance) + 0.01);

    std::vector<double> level;
    std::vector<double> ratio;
    const bool bright = here.back() > settings.floor;
    for (std::size_t i = 0; i < count; ++i) {
        if (here[i] > settings.floor && here[i] < 0.98 * here.back() &&
            there[i] < 0.98 * there.back())
            changes.push_back(log2Of(std::max(there[i], 1e-4) / here[i]));
        if (distance[i] >= limit || (bright && here[i] <= settings.floor)) continue;
        const double value = std::max(here[i], settings.floor);
        const double key = log2Of(value);
        if (!level.empty() && key <= level.back()) continue;
        level.push_back(key);
        ratio.push_back(there[i] / value);
    }
    for (std::size_t i = 0; i < keys.size(); ++i)
        gains[i] = level.empty() ? 1.0 : interpolate(keys[i], level, ratio);
}

}  // namespace

std::vector<PairStatistics> follow(const PreviewView& centre, const std::vector<StepView>& side,
                                   const MatchSettings& settings) {
    const std::ptrdiff_t height = settings.height;
    const std::ptrdiff_t width = settings.width;
    std::vector<float> field(static_cast<std::size_t>(height * width * 2), 0.0F);
    std::vector<double> keys;  // levels as gains are interpolated over them: in octaves
    for (const double wanted : settings.levels) keys.push_back(log2Of(wanted));
    std::vector<PairStatistics> said;
    said.reserve(side.size());
    for (const StepView& step : side) {
        std::array<Histogram, 3> here{};
        std::array<Histogram, 3> there{};
        std::size_t matched = 0;
        for (std::ptrdiff_t y = 0, i = 0; y < height; ++y) {
            for (std::ptrdiff_t x = 0; x < width; ++x, ++i) {
                float* offset = &field[static_cast<std::size_t>(2 * i)];
                goOn(offset, step.flow, x, y, height, width);
                const std::optional<Bilinear> to =
                    inside(static_cast<float>(x) + offset[0], static_cast<float>(y) + offset[1],
                           height, width);
                if (!to) continue;
                const float difference =
                    to->sample(step.preview.structure, 1, 0) - centre.structure[i];
                if (!(std::abs(difference) < settings.match)) continue;
                ++matched;
                const float light = step.light ? step.light[i] : 1.0F;
                for (int c = 0; c < 3; ++c) {
                    here[static_cast<std::size_t>(c)].add(centre.colour[3 * i + c]);
                    there[static_cast<std::size_t>(c)].add(to->sample(step.preview.colour, 3, c) *
                                                           light);
                }
            }
        }
        PairStatistics result{static_cast<double>(matched) / static_cast<double>(height * width),
                              0.0, std::vector<double>(3 * settings.levels.size(), 1.0)};
        if (matched > 0 && result.confidence >= settings.leastMatched) {
            std::vector<double> changes;
            for (std::size_t c = 0; c < 3; ++c) {
                const auto [levels, counterparts] =
                    pairedUp(quantiles(here[c], matched, settings.quantiles),
                             quantiles(there[c], matched, settings.quantiles));
                gainsOf(levels, counterparts, settings, keys,
                        &result.gains[c * settings.levels.size()], changes);
            }
            result.change = median(std::move(changes));
        }
        said.push_back(std::move(result));
    }
    return said;
}

}  // namespace evenlight::native
