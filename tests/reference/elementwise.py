# SPDX-License-Identifier: Apache-2.0
"""The elementary functions in NumPy: the same operations, one at a time, in the same order.

NumPy's additions, products, quotients and square roots are rounded as IEEE 754 says, so that both
agree in every bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from evenlight.frames import Array

_LN2, _LN2_HIGH, _LN2_LOW = (
    float.fromhex(text)
    for text in ("0x1.62e42fefa39efp-1", "0x1.62e42fee00000p-1", "0x1.a39ef35793c76p-33")
)
_LOG2E_HIGH = float.fromhex("0x1.7154765200000p+0")
_LOG2E_LOW = float.fromhex("0x1.705fc2eefa200p-33")
_ROUNDER = 1.5 * 2.0**52
_UPPER, _HALF = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFFF8000000)


def _rounded(x: Array) -> Array:
    return (x + _ROUNDER) - _ROUNDER


def _masked(x: Array, mask: np.uint64) -> Array:
    return (np.asarray(x, np.float64).view(np.uint64) & mask).view(np.float64)


def _scaled(x: Array, power: Array) -> Array:
    half = _rounded(0.5 * power)
    return np.ldexp(np.ldexp(x, half.astype(int)), (power - half).astype(int))


def _factorials(x: Array, first: int, last: int, step: int, sign: int) -> Array:
    total = np.full_like(x, 1.0 / math.factorial(first + step * ((last - first) // step)))
    for n in range(first + step * ((last - first) // step) - step, first - 1, -step):
        total = 1.0 / math.factorial(n) + sign * (x * total)
    return total


def _expm1_near_0(r: Array, degree: int) -> Array:
    return r + r * r * _factorials(r, 2, degree, 1, 1)


def _reduced(x: Array) -> tuple[Array, Array]:
    power = _rounded(x * (1.0 / _LN2))
    return power, (x - power * _LN2_HIGH) - power * _LN2_LOW


def exp(x: Array, degree: int) -> Array:
    """e^x."""
    power, rest = _reduced(np.clip(x, -746.0, 710.0))
    return _scaled(1.0 + _expm1_near_0(rest, degree), power)


def exp2(x: Array, degree: int) -> Array:
    """2^x."""
    inside = np.clip(x, -1076.0, 1025.0)
    power = _rounded(inside)
    return _scaled(1.0 + _expm1_near_0((inside - power) * _LN2, degree), power)


def _parts(x: Array) -> tuple[Array, Array]:
    mantissa, exponent = np.frexp(x)  # mantissa in 0.5..1
    low = mantissa < math.sqrt(0.5)
    return np.where(low, exponent - 1, exponent).astype(float), np.where(
        low, 2 * mantissa, mantissa
    ) - 1.0


def _logarithm(f: Array, degree: int) -> tuple[Array, Array]:
    s, half = f / (2.0 + f), 0.5 * f * f
    z, last = s * s, 11 if degree == 8 else 23
    total = np.full_like(z, 2.0 / last)
    for n in range(last - 2, 2, -2):
        total = 2.0 / n + z * total
    return half, s * (half + z * total)


def log(x: Array, degree: int) -> Array:
    """Natural logarithm of positive numbers."""
    exponent, f = _parts(x)
    half, rest = _logarithm(f, degree)
    return exponent * _LN2_HIGH - ((half - (rest + exponent * _LN2_LOW)) - f)


def _log2_sum(x: Array, degree: int) -> tuple[Array, Array]:
    exponent, f = _parts(x)
    half, rest = _logarithm(f, degree)
    upper = _masked(f - half, _UPPER)
    lower = (f - upper) - half + rest
    most, least = upper * _LOG2E_HIGH, (lower + upper) * _LOG2E_LOW + lower * _LOG2E_HIGH
    high = exponent + most
    return high, least + ((exponent - high) + most)


def log2(x: Array, degree: int) -> Array:
    """Logarithm to base 2 of positive numbers."""
    high, low = _log2_sum(x, degree)
    return high + low


def log1p(x: Array, degree: int) -> Array:
    """ln(1 + x) for x above -1."""
    total = 1.0 + x
    lost = np.where(x < 1.0, x - (total - 1.0), 1.0 - (total - x))
    return log(total, degree) + lost / total


def power(x: Array, degree: int, y: float) -> Array:
    """x^y for positive x."""
    high, low = _log2_sum(x, degree)
    y_high, log_high = _masked(np.array(y), _HALF), _masked(high, _HALF)
    y_low, log_low, product = y - y_high, high - log_high, y * high
    error = (
        ((y_high * log_high - product) + y_high * log_low + y_low * log_high)
        + y_low * log_low
        + y * low
    )
    inside = np.clip(product, -1076.0, 1025.0)
    whole = _rounded(inside)
    rest = ((inside - whole) + error) * _LN2
    return _scaled(1.0 + _expm1_near_0(rest, degree), whole)


def tanh(x: Array, degree: int) -> Array:
    """Hyperbolic tangent."""
    whole, rest = _reduced(np.clip(2.0 * np.abs(x), 0.0, 44.0))
    scale = np.ldexp(1.0, whole.astype(int))
    grown = scale * _expm1_near_0(rest, degree) + (scale - 1.0)
    return np.copysign(grown / (grown + 2.0), x)


def sigmoid(x: Array, degree: int) -> Array:
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + exp(-x, degree))


def softplus(x: Array, degree: int) -> Array:
    """ln(1 + e^x)."""
    return np.maximum(x, 0.0) + log1p(exp(-np.abs(x), degree), degree)


def cos_pi(x: Array, degree: int) -> Array:
    """cos(pi x)."""
    turn = np.abs(x - 2.0 * _rounded(0.5 * x))
    acute = np.where(turn > 0.5, 1.0 - turn, turn)
    by_sine = acute > 0.25
    angle = math.pi * np.where(by_sine, 0.5 - acute, acute)
    square = angle * angle
    sine = angle * _factorials(square, 1, degree + 3, 2, -1)
    found = np.where(by_sine, sine, _factorials(square, 0, degree + 4, 2, -1))
    return np.where(turn > 0.5, -found, found)


#: By the names that `evenlight._native.apply` knows.
FUNCTIONS: dict[str, Callable[..., Array]] = {
    own.__name__: own
    for own in (exp, exp2, log, log2, log1p, power, tanh, sigmoid, softplus, cos_pi)
}


def apply(name: str, values: Array, parameter: float = 0.0) -> Array:
    """`evenlight._native.apply` where the function has a finite value."""
    more = (parameter,) if name == "power" else ()
    degree = 8 if values.dtype == np.float32 else 14
    return FUNCTIONS[name](values.astype(np.float64), degree, *more).astype(values.dtype)
