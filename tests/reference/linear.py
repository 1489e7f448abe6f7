# SPDX-License-Identifier: Apache-2.0
"""Linear algebra in NumPy's additions and products, in the order of `evenlight._native`."""

from __future__ import annotations

import numpy as np

from evenlight.frames import Array


def product(left: Array, right: Array) -> Array:
    """Product of two matrices, added up column of `left` by column."""
    total = np.zeros((left.shape[0], right.shape[1]))
    for n in range(left.shape[1]):
        total += left[:, n, None] * right[n]
    return total


def factor(matrix: Array) -> Array:
    """The upper half of Cholesky's factor."""
    upper = matrix.copy()
    for j in range(len(upper)):
        upper[j, j:] *= 1.0 / np.sqrt(upper[j, j])
        for i in range(j + 1, len(upper)):
            upper[i, i:] -= upper[j, i] * upper[j, i:]
    return np.triu(upper)


def solve(matrix: Array, right: Array) -> Array:
    """Solution of a symmetric positive system."""
    upper, found = factor(matrix), right.copy()
    for j in range(len(found)):
        found[j] /= upper[j, j]
        found[j + 1 :] -= found[j] * upper[j, j + 1 :]
    for j in range(len(found) - 1, -1, -1):
        for k in range(j + 1, len(found)):
            found[j] -= upper[j, k] * found[k]
        found[j] /= upper[j, j]
    return found
