// SPDX-License-Identifier: Apache-2.0
#include "relations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "bilinear.h"
#include "constants.h"
#include "functions.h"
#include "parallel.h"

namespace evenlight::native {
namespace {

double variance(double luma) {
    const double noise = kNoise / (luma + 1.0 / 255.0);
    return kTexture * kTexture + noise * noise;
}

float lumaOf(const float* colour) {
    return kLuma[0] * colour[0] + kLuma[1] * colour[1] + kLuma[2] * colour[2];
}

/// Where a display value lies among the levels at which gains are given.
struct Place {
    std::size_t level;
    double share;
};

Place placeOf(double octave, const RelationSettings& settings) {
    const auto last = static_cast<double>(settings.levels - 1);
    const double at = (octave - settings.firstLevel) / settings.levelStep;
    const double inside = std::clamp(at, 0.0, last);
    const auto level = std::min(static_cast<std::size_t>(inside), settings.levels - 2);
    return {level, inside - static_cast<double>(level)};
}

/// An elementary function of every value.
std::vector<double> applied(Function function, const std::vector<double>& values) {
    std::vector<double> results(values.size());
    apply(function, values.data(), results.data(), static_cast<std::ptrdiff_t>(values.size()), 0.0,
          false);
    return results;
}

/// Where the flows of a side lead from every cell, neighbour by neighbour: x then y.
std::vector<std::vector<float>> chained(const std::vector<StepView>& side,
                                        const RelationSettings& settings) {
    std::vector<std::vector<float>> offsets;
    offsets.reserve(side.size());
    std::vector<float> here(static_cast<std::size_t>(2 * settings.height * settings.width), 0.0F);
    for (const StepView& step : side) {
        float* offset = here.data();
        for (std::ptrdiff_t y = 0; y < settings.height; ++y)
            for (std::ptrdiff_t x = 0; x < settings.width; ++x, offset += 2)
                goOn(offset, step.flow, x, y, settings.height, settings.width);
        offsets.push_back(here);
    }
    return offsets;
}

/// The frame that neighbours are related to.
class Centre {
public:
    Centre(const PreviewView& preview, const RelationSettings& settings)
        : preview_(preview),
          settings_(settings),
          cells_(settings.height * settings.width),
          places_(static_cast<std::size_t>(3 * cells_)) {
        std::vector<double> values(places_.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::max(static_cast<double>(preview.colour[i]), 1e-6);
        const std::vector<double> octaves = applied(Function::log2, values);
        for (std::size_t i = 0; i < places_.size(); ++i) places_[i] = placeOf(octaves[i], settings);
    }

    [[nodiscard]] Relation relation(const StepView& step, const std::vector<float>& offsets,
                                    const double* curves) const {
        const auto size = static_cast<std::size_t>(cells_);
        std::vector<double> ratios(size, 1.0);
        std::vector<double> likenesses(size, -std::numeric_limits<double>::infinity());
        std::vector<double> variances(size, 1.0);
        std::size_t i = 0;
        for (std::ptrdiff_t y = 0; y < settings_.height; ++y) {
            for (std::ptrdiff_t x = 0; x < settings_.width; ++x, ++i) {
                const std::optional<Bilinear> to = inside(
                    static_cast<float>(x) + offsets[2 * i],
                    static_cast<float>(y) + offsets[2 * i + 1], settings_.height, settings_.width);
                if (!to) continue;
                std::array<float, 3> there{};
                for (std::size_t c = 0; c < 3; ++c)
                    there[c] = to->sample(step.preview.colour, 3, static_cast<int>(c));
                const double here = toned(i, curves);
                const auto difference = static_cast<double>(
                    (to->sample(step.preview.structure, 1, 0) - preview_.structure[i]) /
                    settings_.match);
                const auto luma = static_cast<double>(lumaOf(there.data()));
                ratios[i] = (luma + settings_.epsilon) / (here + settings_.epsilon);
                likenesses[i] = -difference * difference;
                variances[i] = variance(here) + variance(luma);
            }
        }
        Relation relation{applied(Function::log, ratios), applied(Function::exp, likenesses)};
        for (i = 0; i < size; ++i) relation.weights[i] /= variances[i];
        return relation;
    }

private:
    /// Luma of a cell after its tone curves.
    [[nodiscard]] double toned(std::size_t cell, const double* curves) const {
        double luma = 0.0;
        for (std::size_t c = 0; c < 3; ++c) {
            const Place& place = places_[3 * cell + c];
            const double* curve = curves + c * settings_.levels + place.level;
            luma += static_cast<double>(kLuma[c] * preview_.colour[3 * cell + c]) *
                    (curve[0] + place.share * (curve[1] - curve[0]));
        }
        return luma;
    }

    PreviewView preview_;
    RelationSettings settings_;
    std::ptrdiff_t cells_;
    std::vector<Place> places_;
};

}  // namespace

std::vector<Relation> relate(const PreviewView& centre, const std::vector<StepView>& side,
                             const double* gains, const RelationSettings& settings) {
    const Centre own(centre, settings);
    const std::vector<std::vector<float>> offsets = chained(side, settings);
    std::vector<Relation> found(side.size());
    forRanges(
        static_cast<std::ptrdiff_t>(side.size()), [&](std::ptrdiff_t first, std::ptrdiff_t last) {
            for (auto n = static_cast<std::size_t>(first); n < static_cast<std::size_t>(last); ++n)
                found[n] = own.relation(side[n], offsets[n], gains + n * 3 * settings.levels);
        });
    return found;
}

}  // namespace evenlight::native
