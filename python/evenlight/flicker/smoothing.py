# SPDX-License-Identifier: Apache-2.0
"""Temporal smoothing of series: a local mean that finds its own width by likelihood.

The coefficients of a family of field terms are y_k = level + walk_k + flicker_k at the frames k of
the window: flicker white with variance s^2, the walk starting from the current frame on either side
with variance r s^2 a step. The ratio r is the one of greatest likelihood (with the level projected
out: REML), all terms of the family together. Where the scene stands still r is about 0 and the mean
is plain; where everything drifts r is large and the current frame keeps what it has, which is what
leaves clean clips alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise, linear
from ..memo import Memo

#: Variance of a step of the walk over that of the flicker, as far as it is looked for.
RATIOS = (0.0, 0.002, 0.006, 0.02, 0.06, 0.2, 0.6, 2.0, 6.0, 30.0)
_TINY = 1e-12
#: Width of the passage of `soft_step`, as a share of the threshold.
_SOFT = 0.2


@dataclass(frozen=True, slots=True)
class _Kernel:
    """One ratio: weights of the mean, what is left of a series beyond it, and the likelihood."""

    weights: Array  # (n,), sum 1
    remainder: Array  # (n, n): y' remainder y is the weighted sum of squares
    log_determinant: float


def _kernels(offsets: tuple[int, ...]) -> tuple[_Kernel, ...]:
    offset = np.array(offsets, float)
    nearer = np.minimum(np.abs(offset)[:, None], np.abs(offset))
    walk = np.where(offset[:, None] * offset > 0, nearer, 0)
    kernels = []
    for ratio in RATIOS:
        covariance = np.eye(len(offset)) + ratio * walk
        inverse, log_determinant = linear.inverse(covariance)
        ones = inverse.sum(axis=1)
        total = ones.sum()
        kernels.append(
            _Kernel(
                ones / total,
                inverse - ones[:, None] * ones / total,
                log_determinant + float(elementwise.log(total)),
            )
        )
    return tuple(kernels)


def steady_part(offsets: Array, series: Array, memo: Memo) -> Array:
    """The level at offset 0 of a family of series (n, terms) at `offsets` (n,), 0 among them."""
    size, terms = series.shape
    if size < 3:
        return np.asarray(series[offsets == 0][0])
    key = tuple(int(offset) for offset in offsets)
    kernels = memo.get(("smoothing kernels", key), lambda: _kernels(key))
    products = linear.product(series, series.T)
    spread = [float((k.remainder * products).sum()) / ((size - 1) * terms) for k in kernels]
    likelihood = [
        (size - 1) * elementwise.log(s + _TINY) + k.log_determinant
        for s, k in zip(spread, kernels, strict=True)
    ]
    weights = kernels[int(np.argmin(likelihood))].weights
    return linear.product(weights[None], series)[0]


def soft_step(size: Array, threshold: float) -> Array:
    """0 below the threshold, 1 above, with a short ramp."""
    return np.clip((size / threshold - (1 - _SOFT)) / (2 * _SOFT), 0, 1)
