// SPDX-License-Identifier: Apache-2.0
#include "light_path.h"

#include <algorithm>
#include <cmath>

#include "elementwise.h"

namespace evenlight::native {
namespace {

/// Frames on each side by whose median a change is told to last, and the share that must be left.
constexpr std::size_t kAround = 4;
constexpr double kLeft = 0.5;
/// How much farther than it went a step or a burst is taken to reach, as variance.
constexpr double kReach = 10.0;
/// Least variance of a frame's light: what rounding to levels makes.
constexpr double kRounding = 1e-8;

double median(const double* from, std::size_t count) {
    std::vector<double> values(from, from + count);
    std::sort(values.begin(), values.end());
    const std::size_t middle = count / 2;
    return count % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// Whether light stays where each frame brings it, by what comes after; of the last frame it does.
std::vector<bool> lasting(const std::vector<double>& light) {
    std::vector<bool> stays(light.size(), false);
    for (std::size_t k = 1; k < light.size(); ++k) {
        const std::size_t first = k < kAround ? 0 : k - kAround;
        const double before = median(&light[first], k - first);
        const double after = median(&light[k], std::min(kAround, light.size() - k));
        stays[k] = std::abs(after - before) > kLeft * std::abs(light[k] - before);
    }
    return stays;
}

/// Covariances of the meant light, its slope, the coloured flicker and its quarter turn, and the
/// centre's meant light.
struct Covariance {
    double mm, mb = 0.0, mc = 0.0, ms = 0.0;
    double bb, bc = 0.0, bs = 0.0;
    double cc, cs = 0.0, ss;
    double zm = 0.0, zb = 0.0, zc = 0.0, zs = 0.0;

    void predict(const Hypothesis& of, double noise) {
        const double bend = of.bend * of.bend;
        mm += 2.0 * mb + bb + noise + of.walk * of.walk + bend / 3.0;
        mb += bb + 0.5 * bend;
        mc += bc;
        ms += bs;
        bb += bend;
        zm += zb;
        turn(of, mc, ms);
        turn(of, bc, bs);
        turn(of, zc, zs);
        const double a = of.along;
        const double b = of.across;
        const double anew = (1.0 - a * a - b * b) * of.coloured * of.coloured;
        const double c = cc;
        const double q = cs;
        cc = a * a * c + 2.0 * a * b * q + b * b * ss + anew;
        cs = a * b * (ss - c) + (a * a - b * b) * q;
        ss = b * b * c - 2.0 * a * b * q + a * a * ss + anew;
    }

    void drawAnew(double variance) {
        mc = ms = bc = bs = cs = zc = zs = 0.0;
        cc = ss = variance;
    }

    static void turn(const Hypothesis& of, double& flicker, double& quarter) {
        const double before = flicker;
        flicker = of.along * before + of.across * quarter;
        quarter = of.along * quarter - of.across * before;
    }
};

/// Means of the same, of one channel.
struct Mean {
    double meant = 0.0, slope = 0.0, coloured = 0.0, quarter = 0.0, centre = 0.0;
};

class Filter {
public:
    Filter(const Hypothesis& of, const double* first, std::size_t channels,
           const LightSettings& settings)
        : of_(of), settings_(settings), means_(channels) {
        covariance_.mm = settings.start;
        covariance_.bb = settings.slope;
        covariance_.cc = covariance_.ss = of.coloured * of.coloured;
        for (std::size_t c = 0; c < channels; ++c) means_[c].meant = first[c];
    }

    void goOn(double noise) {
        covariance_.predict(of_, noise);
        for (Mean& mean : means_) {
            mean.meant += mean.slope;
            Covariance::turn(of_, mean.coloured, mean.quarter);
        }
    }

    /// Takes in a frame. `counts`: it bears on the likelihood; `stays`: a surprise is a step.
    void observe(const double* light, bool counts, bool stays) {
        double variance = of_.white * of_.white + kRounding;
        if (counts) {
            if (of_.jumps > 0.0) jumpIfLikelier(light, variance);
            const double error = squaredError(light, 1.0);
            Covariance& p = covariance_;
            const double expected = p.mm + 2.0 * p.mc + p.cc + variance;
            const double squares = error / expected;
            const double limit = error > settings_.flash ? settings_.flashing : settings_.surprise;
            const bool surprising = squares > limit;
            likelihood_ += surprising ? settings_.punishment : 0.0;
            likelihood_ -= 0.5 * (logOf(expected) + std::min(squares, limit));
            if (surprising) {
                (stays ? p.mm : variance) += kReach * error;
                if (stays) p.bb += kReach * error;  // light may begin to run
            }
        }
        update(light, variance);
    }

    void rememberCentre() {
        covariance_.zm = covariance_.mm;
        covariance_.zb = covariance_.mb;
        covariance_.zc = covariance_.mc;
        covariance_.zs = covariance_.ms;
        for (Mean& mean : means_) mean.centre = mean.meant;
    }

    [[nodiscard]] Explanation explanation() const {
        Explanation found{likelihood_, {}};
        for (const Mean& mean : means_) found.meant.push_back(mean.centre);
        return found;
    }

private:
    /// Mean square over the channels of what a frame's light is off, with `flicker` of the
    /// coloured.
    [[nodiscard]] double squaredError(const double* light, double flicker) const {
        double error = 0.0;
        for (std::size_t c = 0; c < means_.size(); ++c) {
            const double off = light[c] - means_[c].meant - flicker * means_[c].coloured;
            error += off * off;
        }
        return error / static_cast<double>(means_.size());
    }

    /// Draws the flicker anew where that explains a frame better than its going on.
    void jumpIfLikelier(const double* light, double variance) {
        Covariance& p = covariance_;
        const double all = of_.coloured * of_.coloured;
        const double going = p.mm + 2.0 * p.mc + p.cc + variance;
        const double anew = p.mm + all + variance;
        const double stays = logOf(1.0 - of_.jumps);
        const double jumps = logOf(of_.jumps);
        const bool jumped = jumps - 0.5 * (logOf(anew) + squaredError(light, 0.0) / anew) >
                            stays - 0.5 * (logOf(going) + squaredError(light, 1.0) / going);
        likelihood_ += jumped ? jumps : stays;
        if (!jumped) return;
        p.drawAnew(all);
        for (Mean& mean : means_) mean.coloured = mean.quarter = 0.0;
    }

    void update(const double* light, double variance) {
        Covariance& p = covariance_;
        const double m = p.mm + p.mc;
        const double b = p.mb + p.bc;
        const double c = p.mc + p.cc;
        const double s = p.ms + p.cs;
        const double z = p.zm + p.zc;
        const double total = m + c + variance;
        for (std::size_t i = 0; i < means_.size(); ++i) {
            Mean& mean = means_[i];
            const double share = (light[i] - mean.meant - mean.coloured) / total;
            mean.meant += m * share;
            mean.slope += b * share;
            mean.coloured += c * share;
            mean.quarter += s * share;
            mean.centre += z * share;
        }
        p.mm -= m * m / total;
        p.mb -= m * b / total;
        p.mc -= m * c / total;
        p.ms -= m * s / total;
        p.bb -= b * b / total;
        p.bc -= b * c / total;
        p.bs -= b * s / total;
        p.cc -= c * c / total;
        p.cs -= c * s / total;
        p.ss -= s * s / total;
        p.zm -= z * m / total;
        p.zb -= z * b / total;
        p.zc -= z * c / total;
        p.zs -= z * s / total;
    }

    Hypothesis of_;
    LightSettings settings_;
    Covariance covariance_{};
    std::vector<Mean> means_;
    double likelihood_ = 0.0;
};

}  // namespace

std::vector<Explanation> explainLight(const double* path, const double* noise, std::size_t frames,
                                      std::size_t channels, std::size_t centre,
                                      const std::vector<Hypothesis>& hypotheses,
                                      const LightSettings& settings) {
    std::vector<double> light(frames, 0.0);
    for (std::size_t k = 0; k < frames; ++k) {
        for (std::size_t c = 0; c < channels; ++c) light[k] += path[k * channels + c];
        light[k] /= static_cast<double>(channels);
    }
    const std::vector<bool> stays = lasting(light);
    std::vector<Explanation> found;
    found.reserve(hypotheses.size());
    for (const Hypothesis& hypothesis : hypotheses) {
        Filter filter(hypothesis, path, channels, settings);
        for (std::size_t k = 0; k < frames; ++k) {
            if (k > 0) filter.goOn(noise[k - 1]);
            filter.observe(path + k * channels, k > 0, stays[k]);
            if (k == centre) filter.rememberCentre();
        }
        found.push_back(filter.explanation());
    }
    return found;
}

}  // namespace evenlight::native
