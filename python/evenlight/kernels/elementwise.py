# SPDX-License-Identifier: Apache-2.0
"""Elementary functions of arrays that give the same bytes on every x86-64 processor.

NumPy takes another algorithm where a processor has AVX-512 or AVX2, which differs in the last bit.
These are Taylor series of additions, products and quotients, which IEEE 754 rounds in one way;
`_native/elementwise.h` has them. All take values of any shape and give as many: float32 for
float32, else float64, within three units in the last place of a double, half a unit of a float.
NaN stays NaN. Products of matrices are in `kernels.linear`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _native


def exp(values: ArrayLike) -> Any:
    """Return e to the power of each value."""
    return _applied("exp", values)


def exp2(values: ArrayLike) -> Any:
    """Return 2 to the power of each value."""
    return _applied("exp2", values)


def log(values: ArrayLike) -> Any:
    """Natural logarithm; -inf at 0, NaN below."""
    return _applied("log", values)


def log2(values: ArrayLike) -> Any:
    """Logarithm to base 2; -inf at 0, NaN below."""
    return _applied("log2", values)


def log1p(values: ArrayLike) -> Any:
    """Natural logarithm of 1 + value, exact to the last bits for small values."""
    return _applied("log1p", values)


def power(values: ArrayLike, exponent: float) -> Any:
    """Return values not below 0 to the power of one finite exponent; NaN below."""
    return _applied("power", values, exponent)


def tanh(values: ArrayLike) -> Any:
    """Hyperbolic tangent."""
    return _applied("tanh", values)


def sigmoid(values: ArrayLike) -> Any:
    """Logistic function 1 / (1 + exp(-value))."""
    return _applied("sigmoid", values)


def softplus(values: ArrayLike) -> Any:
    """Natural logarithm of 1 + exp(value), without overflow."""
    return _applied("softplus", values)


def cos_pi(values: ArrayLike) -> Any:
    """Cosine of pi times each value, for |values| below 2^50."""
    return _applied("cos_pi", values)


#: ln 2.
LN_2 = 0.6931471805599453


def hypot(first: ArrayLike, second: ArrayLike) -> Any:
    """Length of a vector of two components; overflows where a square does."""
    return np.sqrt(np.square(first) + np.square(second))


def _applied(name: str, values: ArrayLike, parameter: float = 0.0) -> Any:
    array = np.asarray(values)
    kind = np.float32 if array.dtype == np.float32 else np.float64
    packed = np.ascontiguousarray(array, kind).reshape(array.shape)
    return _native.apply(name, packed, parameter)[()]
