// SPDX-License-Identifier: Apache-2.0
// Transcendental functions that give the same bits on every processor, where those of the C and
// NumPy libraries choose another algorithm by the instructions that they find: additions,
// products, quotients and square roots alone, which IEEE 754 rounds in one way. Nothing branches,
// so that loops over them become vector code. The NumPy twin is tests/reference/elementwise.py.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#ifdef __GNUC__
#define EVENLIGHT_INLINE __attribute__((always_inline)) inline
#else
#define EVENLIGHT_INLINE inline
#endif

namespace evenlight::native {

/// Degrees of Taylor's series of exp at which what is left out is below half a unit in the last
/// place of a double, and of a float.
constexpr int kDoubleDegree = 14;
constexpr int kSingleDegree = 8;

namespace detail {

/// Added to a number below 2^51 and taken off again, it leaves the nearest whole number.
constexpr double kRounder = 0x1.8p52;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLn2 = 0x1.62e42fefa39efp-1;
constexpr double kPi = 0x1.921fb54442d18p+1;
/// ln 2 and 1 / ln 2 in two parts; the first has so few bits that its products here are exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kLog2EHigh = 0x1.7154765200000p+0;
constexpr double kLog2ELow = 0x1.705fc2eefa200p-33;

EVENLIGHT_INLINE std::uint64_t bitsOf(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

EVENLIGHT_INLINE double fromBits(std::uint64_t bits) {
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

EVENLIGHT_INLINE double rounded(double value) {
    return (value + kRounder) - kRounder;
}

EVENLIGHT_INLINE double clampedTo(double value, double low, double high) {
    const double above = value < low ? low : value;  // NaN stays
    return above > high ? high : above;
}

/// 2^power for a whole power in -1022..1023.
EVENLIGHT_INLINE double powerOfTwo(double power) {
    return fromBits(bitsOf(power + (kRounder + 1023.0)) << 52U);
}

/// value * 2^power, rounded once, for a whole power in -1100..1100.
EVENLIGHT_INLINE double scaled(double value, double power) {
    const double half = rounded(0.5 * power);
    return value * powerOfTwo(half) * powerOfTwo(power - half);
}

/// 1/n! of the series of exp.
constexpr double inverseFactorial(int n) {
    double product = 1.0;
    for (int i = 2; i <= n; ++i) product *= i;
    return 1.0 / product;
}

/// 1/kFirst! + x/(kFirst + kStep)! + ... up to kLast!, signs alternating where kSign is -1.
template <int kFirst, int kLast, int kStep, int kSign>
EVENLIGHT_INLINE double factorialSeries(double x) {
    if constexpr (kFirst + kStep > kLast)
        return inverseFactorial(kFirst);
    else
        return inverseFactorial(kFirst) +
               kSign * (x * factorialSeries<kFirst + kStep, kLast, kStep, kSign>(x));
}

/// 2/kFirst + x 2/(kFirst + 2) + ... up to 2/kLast.
template <int kFirst, int kLast>
EVENLIGHT_INLINE double areaSeries(double x) {
    if constexpr (kFirst >= kLast)
        return 2.0 / kFirst;
    else
        return 2.0 / kFirst + x * areaSeries<kFirst + 2, kLast>(x);
}

/// e^r - 1 for |r| up to ln(2) / 2, by Taylor's series.
template <int kDegree>
EVENLIGHT_INLINE double expm1Near0(double r) {
    return r + r * r * factorialSeries<2, kDegree, 1, 1>(r);
}

/// A positive number as (1 + fraction) * 2^exponent, 1 + fraction between sqrt(1/2) and sqrt(2).
struct Parts {
    double exponent, fraction;
};

EVENLIGHT_INLINE Parts partsOf(double x) {
    constexpr std::uint64_t kOne = 0x3ff0000000000000U;
    constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcdU;
    constexpr std::uint64_t kMantissa = 0x000fffffffffffffU;
    const bool isSubnormal = x < 0x1p-1022;
    const std::uint64_t bits = bitsOf(isSubnormal ? x * 0x1p54 : x) + (kOne - kRootOfHalf);
    const double biased = fromBits(bitsOf(0x1p52) | (bits >> 52U)) - 0x1p52;
    const double fraction = fromBits((bits & kMantissa) + kRootOfHalf) - 1.0;
    return {biased - (isSubnormal ? 1023.0 + 54.0 : 1023.0), fraction};
}

/// ln(1 + f) as f - half + rest, half being f * f / 2, by the series of the inverse hyperbolic
/// tangent: ln(1 + f) = 2 artanh(f / (2 + f)).
struct Logarithm {
    double half, rest;
};

template <int kLast>
EVENLIGHT_INLINE Logarithm logarithmOf(double f) {
    const double s = f / (2.0 + f);
    const double half = 0.5 * f * f;
    const double z = s * s;
    return {half, s * (half + z * areaSeries<3, kLast>(z))};
}

/// Last terms of the series of artanh, for doubles and for floats.
template <int kDegree>
constexpr int lastOfArea() {
    return kDegree == kSingleDegree ? 11 : 23;
}

/// log2 of a positive number as a sum of two.
struct Sum {
    double high, low;
};

template <int kDegree>
EVENLIGHT_INLINE Sum log2Sum(double x) {
    const Parts parts = partsOf(x);
    const Logarithm found = logarithmOf<lastOfArea<kDegree>()>(parts.fraction);
    // The upper half of the bits, so that its product with kLog2EHigh is exact.
    const double upper =
        fromBits(bitsOf(parts.fraction - found.half) & std::uint64_t{0xffffffff00000000U});
    const double lower = (parts.fraction - upper) - found.half + found.rest;
    const double most = upper * kLog2EHigh;
    const double least = (lower + upper) * kLog2ELow + lower * kLog2EHigh;
    const double high = parts.exponent + most;
    return {high, least + ((parts.exponent - high) + most)};
}

/// What a logarithm is where its argument is no positive number, else `found`.
EVENLIGHT_INLINE double logarithmOr(double x, double found) {
    const double below = x == 0.0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
    const double above = x < kInfinity ? found : x;  // NaN and infinity
    return x <= 0.0 ? below : above;
}

}  // namespace detail

template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double expOf(double x) {
    const double inside = detail::clampedTo(x, -746.0, 710.0);
    const double power = detail::rounded(inside * (1.0 / detail::kLn2));
    const double rest = (inside - power * detail::kLn2High) - power * detail::kLn2Low;
    return detail::scaled(1.0 + detail::expm1Near0<kDegree>(rest), power);
}

template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double exp2Of(double x) {
    const double inside = detail::clampedTo(x, -1076.0, 1025.0);
    const double power = detail::rounded(inside);
    const double rest = (inside - power) * detail::kLn2;
    return detail::scaled(1.0 + detail::expm1Near0<kDegree>(rest), power);
}

template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double logOf(double x) {
    const detail::Parts parts = detail::partsOf(x);
    const detail::Logarithm found =
        detail::logarithmOf<detail::lastOfArea<kDegree>()>(parts.fraction);
    const double rest = found.rest + parts.exponent * detail::kLn2Low;
    return detail::logarithmOr(
        x, parts.exponent * detail::kLn2High - ((found.half - rest) - parts.fraction));
}

template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double log2Of(double x) {
    const detail::Sum found = detail::log2Sum<kDegree>(x);
    return detail::logarithmOr(x, found.high + found.low);
}

/// ln(1 + x): the logarithm of the rounded sum, and what rounding took.
template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double log1pOf(double x) {
    const double sum = 1.0 + x;
    const double lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
    const double found = logOf<kDegree>(sum) + lost / sum;
    const bool isPlain = sum > 0.0 && sum < detail::kInfinity;
    return isPlain ? found : detail::logarithmOr(sum, sum);
}

/// x to the power of y for x not below 0; NaN for others.
template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double powerOf(double x, double y) {
    constexpr std::uint64_t kUpper = 0xfffffffff8000000U;
    const detail::Sum log = detail::log2Sum<kDegree>(x);
    const double yHigh = detail::fromBits(detail::bitsOf(y) & kUpper);
    const double logHigh = detail::fromBits(detail::bitsOf(log.high) & kUpper);
    const double yLow = y - yHigh;
    const double logLow = log.high - logHigh;
    const double product = y * log.high;
    const double error = ((yHigh * logHigh - product) + yHigh * logLow + yLow * logHigh) +
                         yLow * logLow + y * log.low;
    const double inside = detail::clampedTo(product, -1076.0, 1025.0);
    const double power = detail::rounded(inside);
    const double rest = ((inside - power) + error) * detail::kLn2;
    const double found = detail::scaled(1.0 + detail::expm1Near0<kDegree>(rest), power);
    const double atEnd = (x == 0.0) == (y > 0.0) ? 0.0 : detail::kInfinity;
    const double ended = x == 0.0 || x == detail::kInfinity ? atEnd : found;
    const double positive = y == 0.0 ? 1.0 : ended;
    return x >= 0.0 ? positive : std::numeric_limits<double>::quiet_NaN();
}

template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double tanhOf(double x) {
    const double twice = detail::clampedTo(2.0 * std::abs(x), 0.0, 44.0);
    const double power = detail::rounded(twice * (1.0 / detail::kLn2));
    const double rest = (twice - power * detail::kLn2High) - power * detail::kLn2Low;
    const double scale = detail::powerOfTwo(power);
    const double grown = scale * detail::expm1Near0<kDegree>(rest) + (scale - 1.0);
    return std::copysign(grown / (grown + 2.0), x);
}

/// 1 / (1 + e^-x).
template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double sigmoidOf(double x) {
    return 1.0 / (1.0 + expOf<kDegree>(-x));
}

/// ln(1 + e^x).
template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double softplusOf(double x) {
    const double power = expOf<kDegree>(-std::abs(x));
    const double sum = 1.0 + power;
    const double lost = power - (sum - 1.0);
    return (x < 0.0 ? 0.0 : x) + (logOf<kDegree>(sum) + lost / sum);
}

/// cos(pi x) for |x| below 2^50.
template <int kDegree = kDoubleDegree>
EVENLIGHT_INLINE double cosPiOf(double x) {
    const double turn = std::abs(x - 2.0 * detail::rounded(0.5 * x));  // 0..1, exact
    const double acute = turn > 0.5 ? 1.0 - turn : turn;
    const bool bySine = acute > 0.25;
    const double angle = detail::kPi * (bySine ? 0.5 - acute : acute);
    const double square = angle * angle;
    const double sine = angle * detail::factorialSeries<1, kDegree + 3, 2, -1>(square);
    const double cosine = detail::factorialSeries<0, kDegree + 4, 2, -1>(square);
    const double found = bySine ? sine : cosine;
    return turn > 0.5 ? -found : found;
}

}  // namespace evenlight::native
