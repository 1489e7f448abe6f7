// SPDX-License-Identifier: Apache-2.0
// Elementary functions over arrays; elementwise.h has those of one number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evenlight::native {

enum class Function : std::uint8_t {
    exp,
    exp2,
    log,
    log2,
    log1p,
    power,
    tanh,
    sigmoid,
    softplus,
    cosPi
};

/// out[i] = function(in[i]), computed in double and rounded once; many values on several threads.
/// `parameter` is the exponent of `power`. `plain` keeps to the instructions of every x86-64
/// processor; the bytes are the same.
void apply(Function function, const float* in, float* out, std::ptrdiff_t count, double parameter,
           bool plain);
void apply(Function function, const double* in, double* out, std::ptrdiff_t count, double parameter,
           bool plain);

}  // namespace evenlight::native
