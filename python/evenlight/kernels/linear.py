# SPDX-License-Identifier: Apache-2.0
"""Linear algebra on small float64 matrices, added up in one order.

BLAS and LAPACK, which NumPy calls, choose theirs by the processor and the number of threads.
"""

from __future__ import annotations

from .. import _native
from ..frames import Array


def product(left: Array, right: Array) -> Array:
    """Product (n, k) of matrices (n, m) and (m, k); ValueError where they do not fit."""
    return _native.product(left, right)


def solve(matrix: Array, right: Array) -> Array:
    """Solution (n,) of a symmetric positive system (n, n) by Cholesky's method.

    NaN or infinite where the matrix is not positive; ValueError where the sides do not fit.
    """
    return _native.solve(matrix, right)


def inverse(matrix: Array) -> tuple[Array, float]:
    """Inverse (n, n) of a symmetric positive matrix, and the logarithm of its determinant."""
    return _native.inverse(matrix)
