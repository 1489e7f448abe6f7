// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "bilinear.h"
#include "multiversion.h"
#include "parallel.h"

namespace evenlight::native {
namespace {

constexpr std::array<float, 3> kLuma{0.299F, 0.587F, 0.114F};
/// Deviation of a cell's relative brightness, and what 8-bit noise adds to it in the dark.
constexpr double kTexture = 0.02;
constexpr double kNoise = 1.5 / 255.0;
/// Share of the brightest value above which a cell holds clipped pixels, and the share of cells so
/// near to it that the frame is taken to clip at all.
constexpr float kClipped = 0.94F;
constexpr float kAtTop = 0.985F;
constexpr double kCrowdAtTop = 0.01;
/// Constants of Huber's and Tukey's estimators, in deviations; rounds of either.
constexpr double kHuber = 1.345;
constexpr double kTukey = 4.685;
constexpr int kHuberRounds = 2;
constexpr int kTukeyRounds = 2;
constexpr double kLeastDeviation = 1e-4;
/// Ridge as a share of the mean diagonal: coefficients without evidence stay 0.
constexpr double kRidge = 1e-3;

/// Display value above which cells of a frame are clipped.
float clipLevel(const float* colour, std::ptrdiff_t cells) {
    std::vector<float> brightest(static_cast<std::size_t>(cells));
    float top = 0.0F;
    for (std::ptrdiff_t i = 0; i < cells; ++i) {
        const float value = std::max(std::max(colour[3 * i], colour[3 * i + 1]), colour[3 * i + 2]);
        brightest[static_cast<std::size_t>(i)] = value;
        top = std::max(top, value);
    }
    const auto crowd = std::count_if(brightest.begin(), brightest.end(),
                                     [&](float value) { return value >= kAtTop * top; });
    const bool clips = static_cast<double>(crowd) >= kCrowdAtTop * static_cast<double>(cells);
    return clips ? kClipped * top : std::numeric_limits<float>::infinity();
}

double variance(double luma) {
    const double noise = kNoise / (luma + 1.0 / 255.0);
    return kTexture * kTexture + noise * noise;
}

/// Orthonormal cosines: values[i * size + x], mean square 1.
std::vector<double> cosines(std::size_t count, std::ptrdiff_t size) {
    constexpr double kPi = 3.14159265358979323846;
    std::vector<double> values(count * static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < count; ++i)
        for (std::ptrdiff_t x = 0; x < size; ++x)
            values[i * static_cast<std::size_t>(size) + static_cast<std::size_t>(x)] =
                (i ? std::sqrt(2.0) : 1.0) *
                std::cos(kPi * static_cast<double>(i) * (static_cast<double>(x) + 0.5) /
                         static_cast<double>(size));
    return values;
}

/// Solves the symmetric positive system in place by Cholesky; the answer is left in `right`.
void solve(std::vector<double>& matrix, std::vector<double>& right) {
    const std::size_t n = right.size();
    for (std::size_t j = 0; j < n; ++j) {
        double* row = &matrix[j * n];
        for (std::size_t i = 0; i <= j; ++i) {
            const double* other = &matrix[i * n];
            double sum = row[i];
            for (std::size_t k = 0; k < i; ++k) sum -= row[k] * other[k];
            row[i] = i == j ? std::sqrt(sum) : sum / other[i];
        }
        double sum = right[j];
        for (std::size_t k = 0; k < j; ++k) sum -= row[k] * right[k];
        right[j] = sum / row[j];
    }
    for (std::size_t j = n; j-- > 0;) {
        double sum = right[j];
        for (std::size_t k = j + 1; k < n; ++k) sum -= matrix[k * n + j] * right[k];
        right[j] = sum / matrix[j * n + j];
    }
}

EVENLIGHT_MULTIVERSION void addScaled(double* __restrict to, const double* __restrict values,
                                      double factor, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] += factor * values[i];
}

/// The bases of one frame size. "Along" is the axis of the bands, "across" the other one: a term is
/// the product of a cosine of either.
class Fitter {
public:
    explicit Fitter(const FieldSettings& settings) : settings_(settings) {
        alongSize_ = settings.columns ? settings.width : settings.height;
        acrossSize_ = settings.columns ? settings.height : settings.width;
        alongStep_ = settings.columns ? 1 : settings.width;
        acrossStep_ = settings.columns ? settings.width : 1;
        const std::size_t order = settings.order;
        along_ = cosines(std::max(order, settings.bands), alongSize_);
        across_ = cosines(order, acrossSize_);
        for (std::size_t row = 0; row < order; ++row)
            for (std::size_t column = 0; column < order; ++column)
                terms_.push_back(settings.columns ? Term{column, row} : Term{row, column});
        for (std::size_t band = order; band < settings.bands; ++band) terms_.push_back({band, 0});
    }

    /// Robust fit of `relation` with `weights`, both one value for each cell.
    [[nodiscard]] FittedField fit(const std::vector<double>& relation,
                                  const std::vector<double>& weights) const {
        FittedField fitted{std::vector<double>(terms_.size(), 0.0), 0.0, 0.0};
        double total = 0.0;
        std::size_t speaking = 0;
        for (const double weight : weights) total += weight, speaking += weight > 0.0;
        // Fewer cells than unknowns say nothing.
        if (speaking < 2 * terms_.size()) return fitted;
        fitted.weight = static_cast<double>(speaking) / static_cast<double>(weights.size());
        const double mean = total / static_cast<double>(weights.size());
        std::vector<double> robust = weights;
        std::vector<double> sizes(weights.size());
        std::vector<double> spoken(speaking);
        for (int round = 0; round <= kHuberRounds + kTukeyRounds; ++round) {
            if (!normalEquations(relation, robust, fitted.coefficients)) break;
            if (round == kHuberRounds + kTukeyRounds) break;
            residuals(relation, fitted.coefficients, sizes);
            std::size_t at = 0;
            for (std::size_t i = 0; i < sizes.size(); ++i) {
                sizes[i] = std::abs(sizes[i]) * std::sqrt(weights[i] / mean);
                if (weights[i] > 0.0) spoken[at++] = sizes[i];
            }
            const auto middle = spoken.begin() + static_cast<std::ptrdiff_t>(speaking / 2);
            std::nth_element(spoken.begin(), middle, spoken.end());
            const double deviation = 1.4826 * *middle + kLeastDeviation;
            fitted.deviation = deviation;
            for (std::size_t i = 0; i < sizes.size(); ++i) {
                const double u = sizes[i] / deviation;
                const double share = 1.0 - (u / kTukey) * (u / kTukey);
                robust[i] =
                    weights[i] * (round < kHuberRounds ? std::min(1.0, kHuber / std::max(u, 1e-9))
                                  : share > 0.0        ? share * share
                                                       : 0.0);
            }
        }
        return fitted;
    }

private:
    struct Term {
        std::size_t along;
        std::size_t across;
    };

    /// Weighted least squares; false where no weight is left.
    bool normalEquations(const std::vector<double>& relation, const std::vector<double>& weights,
                         std::vector<double>& answer) const {
        const std::size_t count = terms_.size();
        const std::size_t order = settings_.order;
        std::vector<double> matrix(count * count, 0.0);
        std::vector<double> right(count, 0.0);
        std::vector<double> products(order * order);
        std::vector<double> sums(order);
        std::vector<double> line(count);
        std::vector<double> spread(order * count);
        for (std::ptrdiff_t a = 0; a < alongSize_; ++a) {
            std::fill(products.begin(), products.end(), 0.0);
            std::fill(sums.begin(), sums.end(), 0.0);
            sumLine(a, relation, weights, products, sums);
            for (std::size_t j = 0; j < count; ++j) line[j] = along(terms_[j].along, a);
            for (std::size_t i = 0; i < order; ++i)
                for (std::size_t j = 0; j < count; ++j)
                    spread[i * count + j] = products[i * order + terms_[j].across] * line[j];
            for (std::size_t i = 0; i < count; ++i) {
                right[i] += line[i] * sums[terms_[i].across];
                addScaled(&matrix[i * count], &spread[terms_[i].across * count], line[i], i + 1);
            }
        }
        double trace = 0.0;
        for (std::size_t i = 0; i < count; ++i) trace += matrix[i * count + i];
        if (!(trace > 0.0)) return false;
        for (std::size_t i = 0; i < count; ++i)
            matrix[i * count + i] += kRidge * trace / static_cast<double>(count);
        solve(matrix, right);
        answer = std::move(right);
        return true;
    }

    /// Products of the cosines across, summed over one line with its weights.
    void sumLine(std::ptrdiff_t a, const std::vector<double>& relation,
                 const std::vector<double>& weights, std::vector<double>& products,
                 std::vector<double>& sums) const {
        const std::size_t order = settings_.order;
        for (std::ptrdiff_t b = 0; b < acrossSize_; ++b) {
            const auto at = static_cast<std::size_t>(a * alongStep_ + b * acrossStep_);
            const double weight = weights[at];
            if (!(weight > 0.0)) continue;
            for (std::size_t i = 0; i < order; ++i) {
                const double weighted = weight * across(i, b);
                sums[i] += weighted * relation[at];
                for (std::size_t j = 0; j <= i; ++j)
                    products[i * order + j] += weighted * across(j, b);
            }
        }
        for (std::size_t i = 0; i < order; ++i)
            for (std::size_t j = 0; j < i; ++j) products[j * order + i] = products[i * order + j];
    }

    void residuals(const std::vector<double>& relation, const std::vector<double>& coefficients,
                   std::vector<double>& left) const {
        std::vector<double> line(settings_.order);
        for (std::ptrdiff_t a = 0; a < alongSize_; ++a) {
            std::fill(line.begin(), line.end(), 0.0);
            for (std::size_t i = 0; i < terms_.size(); ++i)
                line[terms_[i].across] += coefficients[i] * along(terms_[i].along, a);
            for (std::ptrdiff_t b = 0; b < acrossSize_; ++b) {
                const auto at = static_cast<std::size_t>(a * alongStep_ + b * acrossStep_);
                double value = relation[at];
                for (std::size_t i = 0; i < line.size(); ++i) value -= line[i] * across(i, b);
                left[at] = value;
            }
        }
    }

    [[nodiscard]] double along(std::size_t frequency, std::ptrdiff_t place) const {
        return along_[frequency * static_cast<std::size_t>(alongSize_) +
                      static_cast<std::size_t>(place)];
    }
    [[nodiscard]] double across(std::size_t frequency, std::ptrdiff_t place) const {
        return across_[frequency * static_cast<std::size_t>(acrossSize_) +
                       static_cast<std::size_t>(place)];
    }

    FieldSettings settings_;
    std::ptrdiff_t alongSize_, acrossSize_, alongStep_, acrossStep_;
    std::vector<double> along_, across_;
    std::vector<Term> terms_;
};

float lumaOf(const float* colour) {
    return kLuma[0] * colour[0] + kLuma[1] * colour[1] + kLuma[2] * colour[2];
}

/// Where a display value lies among the levels at which gains are given.
struct Place {
    std::size_t level;
    double share;
};

Place placeOf(double value, const FieldSettings& settings) {
    const double last = static_cast<double>(settings.levels - 1);
    const double at = (std::log2(std::max(value, 1e-6)) - settings.firstLevel) / settings.levelStep;
    const double inside = std::clamp(at, 0.0, last);
    const auto level = std::min(static_cast<std::size_t>(inside), settings.levels - 2);
    return {level, inside - static_cast<double>(level)};
}

}  // namespace

std::vector<Relation> relate(const ProxyView& centre, const std::vector<StepView>& side,
                             const double* gains, const FieldSettings& settings) {
    const std::ptrdiff_t cells = settings.height * settings.width;
    const auto size = static_cast<std::size_t>(cells);
    const float clippedHere = clipLevel(centre.colour, cells);
    std::vector<Place> places(3 * size);
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = placeOf(static_cast<double>(centre.colour[i]), settings);
    std::vector<float> offsets(2 * size, 0.0F);
    std::vector<Relation> found;
    found.reserve(side.size());
    for (std::size_t n = 0; n < side.size(); ++n) {
        const StepView& step = side[n];
        const double* curves = gains + n * 3 * settings.levels;
        const float clippedThere = clipLevel(step.proxy.colour, cells);
        Relation relation{std::vector<double>(size, 0.0), std::vector<double>(size, 0.0)};
        for (std::ptrdiff_t y = 0, cell = 0; y < settings.height; ++y) {
            for (std::ptrdiff_t x = 0; x < settings.width; ++x, ++cell) {
                const auto i = static_cast<std::size_t>(cell);
                const std::optional<Bilinear> to =
                    goOn(&offsets[2 * i], step.flow, x, y, settings.height, settings.width);
                if (!to) continue;
                std::array<float, 3> there{};
                double here = 0.0;
                bool clipped = false;
                for (std::size_t c = 0; c < 3; ++c) {
                    there[c] = to->sample(step.proxy.colour, 3, static_cast<int>(c));
                    const float value = centre.colour[3 * i + c];
                    clipped = clipped || value >= clippedHere || there[c] >= clippedThere;
                    const Place& place = places[3 * i + c];
                    const double* curve = curves + c * settings.levels + place.level;
                    here += static_cast<double>(kLuma[c] * value) *
                            (curve[0] + place.share * (curve[1] - curve[0]));
                }
                if (clipped) continue;
                const double difference = static_cast<double>(
                    (to->sample(step.proxy.structure, 1, 0) - centre.structure[i]) /
                    settings.match);
                const double luma = static_cast<double>(lumaOf(there.data()));
                relation.values[i] =
                    std::log((luma + settings.epsilon) / (here + settings.epsilon));
                relation.weights[i] =
                    std::exp(-difference * difference) / (variance(here) + variance(luma));
            }
        }
        found.push_back(std::move(relation));
    }
    return found;
}

std::vector<FittedField> fitFields(const std::vector<Relation>& relations,
                                   const FieldSettings& settings) {
    const Fitter fitter(settings);
    std::vector<FittedField> fitted(relations.size());
    forRanges(static_cast<std::ptrdiff_t>(relations.size()), [&](std::ptrdiff_t first,
                                                                 std::ptrdiff_t last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
            fitted[i] = fitter.fit(relations[i].values, relations[i].weights);
    });
    return fitted;
}

}  // namespace evenlight::native
