// SPDX-License-Identifier: Apache-2.0
#include "elementwise.h"

#include <algorithm>

#include "functions.h"
#include "multiversion.h"
#include "parallel.h"

namespace evenlight::native {
namespace {

/// Values from which several threads are worth their start.
constexpr std::ptrdiff_t kManyValues = 1 << 16;

template <class Value>
constexpr int degreeOf() {
    return sizeof(Value) == sizeof(float) ? kSingleDegree : kDoubleDegree;
}

// Each loop is compiled for AVX2 too, and once more without, so that a test can compare both.
#define EVENLIGHT_LOOP(name, expression)                                                        \
    template <class Value>                                                                      \
    EVENLIGHT_INLINE void name##Loop(const Value* __restrict in, Value* __restrict out,         \
                                     std::ptrdiff_t count, [[maybe_unused]] double parameter) { \
        [[maybe_unused]] constexpr int kDegree = degreeOf<Value>();                             \
        for (std::ptrdiff_t i = 0; i < count; ++i) {                                            \
            const auto x = static_cast<double>(in[i]);                                          \
            out[i] = static_cast<Value>(expression);                                            \
        }                                                                                       \
    }                                                                                           \
    EVENLIGHT_MULTIVERSION void name##Fast(const float* in, float* out, std::ptrdiff_t count,   \
                                           double parameter) {                                  \
        name##Loop(in, out, count, parameter);                                                  \
    }                                                                                           \
    EVENLIGHT_MULTIVERSION void name##Fast(const double* in, double* out, std::ptrdiff_t count, \
                                           double parameter) {                                  \
        name##Loop(in, out, count, parameter);                                                  \
    }                                                                                           \
    void name##Plain(const float* in, float* out, std::ptrdiff_t count, double parameter) {     \
        name##Loop(in, out, count, parameter);                                                  \
    }                                                                                           \
    void name##Plain(const double* in, double* out, std::ptrdiff_t count, double parameter) {   \
        name##Loop(in, out, count, parameter);                                                  \
    }

EVENLIGHT_LOOP(exp, expOf<kDegree>(x))
EVENLIGHT_LOOP(exp2, exp2Of<kDegree>(x))
EVENLIGHT_LOOP(log, logOf<kDegree>(x))
EVENLIGHT_LOOP(log2, log2Of<kDegree>(x))
EVENLIGHT_LOOP(log1p, log1pOf<kDegree>(x))
EVENLIGHT_LOOP(power, powerOf<kDegree>(x, parameter))
EVENLIGHT_LOOP(tanh, tanhOf<kDegree>(x))
EVENLIGHT_LOOP(sigmoid, sigmoidOf<kDegree>(x))
EVENLIGHT_LOOP(softplus, softplusOf<kDegree>(x))
EVENLIGHT_LOOP(cosPi, cosPiOf<kDegree>(x))

#undef EVENLIGHT_LOOP

template <class Value>
using Loop = void (*)(const Value*, Value*, std::ptrdiff_t, double);

template <class Value>
struct Loops {
    Loop<Value> fast, plain;
};

template <class Value>
Loops<Value> loopsOf(Function function) {
    switch (function) {
        case Function::exp:
            return {expFast, expPlain};
        case Function::exp2:
            return {exp2Fast, exp2Plain};
        case Function::log:
            return {logFast, logPlain};
        case Function::log2:
            return {log2Fast, log2Plain};
        case Function::log1p:
            return {log1pFast, log1pPlain};
        case Function::power:
            return {powerFast, powerPlain};
        case Function::tanh:
            return {tanhFast, tanhPlain};
        case Function::sigmoid:
            return {sigmoidFast, sigmoidPlain};
        case Function::softplus:
            return {softplusFast, softplusPlain};
        case Function::cosPi:
            break;
    }
    return {cosPiFast, cosPiPlain};
}

template <class Value>
void applyTo(Function function, const Value* in, Value* out, std::ptrdiff_t count, double parameter,
             bool plain) {
    const Loops<Value> loops = loopsOf<Value>(function);
    const Loop<Value> loop = plain ? loops.plain : loops.fast;
    if (count < kManyValues) return loop(in, out, count, parameter);
    forRanges(count, [&](std::ptrdiff_t first, std::ptrdiff_t last) {
        loop(in + first, out + first, last - first, parameter);
    });
}

}  // namespace

void apply(Function function, const float* in, float* out, std::ptrdiff_t count, double parameter,
           bool plain) {
    applyTo(function, in, out, count, parameter, plain);
}

void apply(Function function, const double* in, double* out, std::ptrdiff_t count, double parameter,
           bool plain) {
    applyTo(function, in, out, count, parameter, plain);
}

}  // namespace evenlight::native
