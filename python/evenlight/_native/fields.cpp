// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "elementwise.h"
#include "linear.h"
#include "multiversion.h"
#include "parallel.h"

namespace evenlight::native {
namespace {

/// Constants of Huber's and Tukey's estimators, in deviations; rounds of either.
constexpr double kHuber = 1.345;
constexpr double kTukey = 4.685;
constexpr int kHuberRounds = 2;
constexpr int kTukeyRounds = 2;
constexpr double kLeastDeviation = 1e-4;
/// Ridge as a share of the mean diagonal: coefficients without evidence stay 0.
constexpr double kRidge = 1e-3;

/// cos(pi f (x + 1/2) / size) as values[f * size + x].
std::vector<double> waves(std::size_t count, std::size_t size) {
    std::vector<double> values(count * size);
    for (std::size_t f = 0; f < count; ++f)
        for (std::size_t x = 0; x < size; ++x)
            values[f * size + x] = cosPiOf(static_cast<double>(f) * (static_cast<double>(x) + 0.5) /
                                           static_cast<double>(size));
    return values;
}

/// The transpose of a matrix of so many columns.
std::vector<double> transposed(const std::vector<double>& values, std::size_t columns) {
    const std::size_t rows = values.size() / columns;
    std::vector<double> result(values.size());
    for (std::size_t y = 0; y < rows; ++y)
        for (std::size_t x = 0; x < columns; ++x) result[x * rows + y] = values[y * columns + x];
    return result;
}

/// Makes the wave of a frequency one of mean square 1.
double norm(std::size_t frequency) {
    return frequency ? std::sqrt(2.0) : 1.0;
}

EVENLIGHT_MULTIVERSION void multiply(double* __restrict products, const double* __restrict first,
                                     const double* __restrict second, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) products[i] = first[i] * second[i];
}

EVENLIGHT_MULTIVERSION void sizesOf(double* __restrict left, const double* __restrict scales,
                                    std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] = std::abs(left[i]) * scales[i];
}

EVENLIGHT_MULTIVERSION void weighByHuber(double* __restrict robust,
                                         const double* __restrict weights,
                                         const double* __restrict sizes, double limit,
                                         std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        robust[i] = weights[i] * (limit / std::max(sizes[i], limit));
}

EVENLIGHT_MULTIVERSION void weighByTukey(double* __restrict robust,
                                         const double* __restrict weights,
                                         const double* __restrict sizes, double limit,
                                         std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const double u = sizes[i] / limit;
        const double share = std::max(1.0 - u * u, 0.0);
        robust[i] = weights[i] * (share * share);
    }
}

/// The middle one of values not below 0, as `nth_element` finds it.
class Median {
public:
    double of(const std::vector<double>& values) {
        counts_.fill(0);
        for (const double value : values) ++counts_[binOf(value)];
        std::size_t rank = values.size() / 2;
        std::size_t bin = 0;
        while (rank >= counts_[bin]) rank -= counts_[bin++];
        near_.clear();
        for (const double value : values)
            if (binOf(value) == bin) near_.push_back(value);
        const auto middle = near_.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(near_.begin(), middle, near_.end());
        return *middle;
    }

private:
    /// Bins of 1/32 octave from 2^-24 to 2^8: exponent and leading bits.
    static constexpr std::size_t kBins = 1024;
    static std::size_t binOf(double value) {
        constexpr std::uint64_t kFirst = std::uint64_t{1023 - 24} << 5;
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        const std::uint64_t key = bits >> 47;
        return key < kFirst ? 0 : std::min<std::size_t>(key - kFirst, kBins - 1);
    }

    std::array<std::uint32_t, kBins> counts_{};
    std::vector<double> near_;
};

/// The bases of one frame size. "Along" is the axis of the bands, "across" the other one: a term is
/// the product of a cosine of either.
class Fitter {
public:
    explicit Fitter(const FieldSettings& settings)
        : order_(settings.order),
          most_(std::max(settings.order, settings.bands)),
          upright_(settings.columns),
          width_(static_cast<std::size_t>(settings.width)),
          alongSize_(static_cast<std::size_t>(upright_ ? settings.width : settings.height)),
          acrossSize_(static_cast<std::size_t>(upright_ ? settings.height : settings.width)),
          along_(waves(2 * most_ - 1, alongSize_)),
          across_(waves(2 * order_ - 1, acrossSize_)),
          alongTurned_(transposed(along_, alongSize_)),
          acrossTurned_(transposed(waves(order_, acrossSize_), acrossSize_)) {
        for (std::size_t row = 0; row < order_; ++row)
            for (std::size_t column = 0; column < order_; ++column)
                terms_.push_back(upright_ ? Term{column, row} : Term{row, column});
        for (std::size_t band = order_; band < most_; ++band) terms_.push_back({band, 0});
    }

    /// Robust fit of a relation.
    [[nodiscard]] FittedField fit(const Relation& relation) const {
        FittedField fitted{std::vector<double>(terms_.size(), 0.0), 0.0, 0.0};
        const std::vector<double> values = asMatrix(relation.values);
        const std::vector<double> weights = asMatrix(relation.weights);
        double total = 0.0;
        std::size_t speaking = 0;
        for (const double weight : weights) total += weight, speaking += weight > 0.0;
        // Fewer cells than unknowns say nothing.
        if (speaking < 2 * terms_.size()) return fitted;
        const std::size_t cells = weights.size();
        fitted.weight = static_cast<double>(speaking) / static_cast<double>(cells);
        const double mean = total / static_cast<double>(cells);
        std::vector<double> scales(cells);
        for (std::size_t i = 0; i < cells; ++i) scales[i] = std::sqrt(weights[i] / mean);
        std::vector<double> robust = weights;
        std::vector<double> sizes(cells);
        std::vector<double> spoken(speaking);
        Median median;
        for (int round = 0; round <= kHuberRounds + kTukeyRounds; ++round) {
            if (!leastSquares(values, robust, fitted.coefficients)) break;
            if (round == kHuberRounds + kTukeyRounds) break;
            residuals(values, fitted.coefficients, sizes);
            sizesOf(sizes.data(), scales.data(), cells);
            std::size_t at = 0;
            for (std::size_t i = 0; i < cells; ++i)
                if (weights[i] > 0.0) spoken[at++] = sizes[i];
            fitted.deviation = 1.4826 * median.of(spoken) + kLeastDeviation;
            if (round < kHuberRounds)
                weighByHuber(robust.data(), weights.data(), sizes.data(), kHuber * fitted.deviation,
                             cells);
            else
                weighByTukey(robust.data(), weights.data(), sizes.data(), kTukey * fitted.deviation,
                             cells);
        }
        return fitted;
    }

private:
    struct Term {
        std::size_t along;
        std::size_t across;
    };

    /// Cells as (across, along).
    [[nodiscard]] std::vector<double> asMatrix(const std::vector<double>& cells) const {
        return upright_ ? cells : transposed(cells, width_);
    }

    /// Weighted least squares; false where no weight is left.
    ///
    /// A product of two cosines is the sum of two others, of the sum and the difference of their
    /// frequencies: the weights' own transform holds all of the normal equations.
    bool leastSquares(const std::vector<double>& relation, const std::vector<double>& weights,
                      std::vector<double>& answer) const {
        const std::vector<double> transform = transformed(weights, 2 * order_ - 1);
        std::vector<double> weighted(weights.size());
        multiply(weighted.data(), weights.data(), relation.data(), weights.size());
        const std::vector<double> told = transformed(weighted, order_);
        const std::size_t high = 2 * most_ - 1;
        const std::size_t count = terms_.size();
        std::vector<double> matrix(count * count);
        std::vector<double> right(count);
        double trace = 0.0;
        for (std::size_t i = 0; i < count; ++i) {
            const Term one = terms_[i];
            right[i] = scale(one) * told[one.across * high + one.along];
            for (std::size_t j = i; j < count; ++j) {
                const Term other = terms_[j];
                const double* plus = &transform[(one.across + other.across) * high];
                const double* minus = &transform[difference(one.across, other.across) * high];
                const std::size_t p = one.along + other.along;
                const std::size_t m = difference(one.along, other.along);
                matrix[i * count + j] = 0.25 * scale(one) * scale(other) *
                                        ((plus[p] + plus[m]) + (minus[p] + minus[m]));
            }
            trace += matrix[i * count + i];
        }
        if (!(trace > 0.0)) return false;
        for (std::size_t i = 0; i < count; ++i)
            matrix[i * count + i] += kRidge * trace / static_cast<double>(count);
        factorise(matrix.data(), count);
        substitute(matrix.data(), right.data(), count);
        answer = std::move(right);
        return true;
    }

    /// Sums of cells times waves: of the first `rows` frequencies across, and of all along.
    [[nodiscard]] std::vector<double> transformed(const std::vector<double>& cells,
                                                  std::size_t rows) const {
        const std::size_t high = 2 * most_ - 1;
        std::vector<double> lines(rows * alongSize_, 0.0);
        std::vector<double> sums(rows * high, 0.0);
        addProduct(lines.data(), across_.data(), cells.data(), 1.0, rows, acrossSize_, alongSize_);
        addProduct(sums.data(), lines.data(), alongTurned_.data(), 1.0, rows, alongSize_, high);
        return sums;
    }

    void residuals(const std::vector<double>& relation, const std::vector<double>& coefficients,
                   std::vector<double>& left) const {
        std::vector<double> lines(order_ * alongSize_, 0.0);
        for (std::size_t i = 0; i < terms_.size(); ++i) {
            const double factor = coefficients[i] * scale(terms_[i]);
            addProduct(&lines[terms_[i].across * alongSize_], &factor,
                       &along_[terms_[i].along * alongSize_], 1.0, 1, 1, alongSize_);
        }
        left = relation;
        addProduct(left.data(), acrossTurned_.data(), lines.data(), -1.0, acrossSize_, order_,
                   alongSize_);
    }

    static double scale(const Term& term) { return norm(term.along) * norm(term.across); }
    static std::size_t difference(std::size_t one, std::size_t other) {
        return one > other ? one - other : other - one;
    }

    std::size_t order_, most_;  // cosines across, and along
    bool upright_;              // of the bands
    std::size_t width_, alongSize_, acrossSize_;
    std::vector<double> along_, across_;              // waves by frequency, then place
    std::vector<double> alongTurned_, acrossTurned_;  // by place, then frequency
    std::vector<Term> terms_;
};

}  // namespace

std::vector<FittedField> fitFields(const std::vector<Relation>& relations,
                                   const FieldSettings& settings) {
    const Fitter fitter(settings);
    std::vector<FittedField> fitted(relations.size());
    forRanges(static_cast<std::ptrdiff_t>(relations.size()), [&](std::ptrdiff_t first,
                                                                 std::ptrdiff_t last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
            fitted[i] = fitter.fit(relations[i]);
    });
    return fitted;
}

}  // namespace evenlight::native
