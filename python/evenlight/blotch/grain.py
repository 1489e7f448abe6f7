# SPDX-License-Identifier: Apache-2.0
"""Grain for a fill: what averaging took from it, borrowed from beside the hole."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import opencv
from .blend import grey

#: Grain of deviation 1 leaves the mean of two frames with 1/sqrt(2) of it, lacking as much; the
#: frame less that mean has sqrt(3/2).
_LACKING = np.float32(1 / np.sqrt(3))
#: Deviations beyond which a value is no grain, and pixels below which detail is fine.
_MOST_DEVIATIONS, _FINE = 3, 1.0
#: Median absolute value to standard deviation.
_MAD = 1.4826


def regrained(fill: Array, here: Array, ring: Array, matte: Array, amount: float) -> Array:
    """The fill with the grain that averaging took from it, borrowed from beside the hole.

    Grain is what fill and frame do not share around the hole, so that no texture is taken for it.
    """
    grain = _fine(here - fill)
    around = _deviation(grey(grain), ring)
    shift = _shift(ring, matte)
    if around == 0 or shift is None:
        return fill
    limit = np.float32(_MOST_DEVIATIONS * around)
    borrowed = np.clip(np.roll(grain, shift, axis=(0, 1)), -limit, limit)
    usable = np.roll(ring, shift, axis=(0, 1)) & (matte > 0)
    return np.where(usable[..., None], fill + np.float32(amount) * _LACKING * borrowed, fill)


def _fine(values: Array) -> Array:
    return np.asarray(values - opencv.GaussianBlur(values, (0, 0), _FINE).reshape(values.shape))


def _deviation(values: Array, where: Array) -> float:
    """Deviation of grain, blind to edges."""
    return float(np.median(np.abs(values[where]))) * _MAD if where.any() else 0.0


def _shift(ring: Array, matte: Array) -> tuple[int, int] | None:
    """The shift that brings most of the clean surroundings onto the hole."""
    rows, columns = np.nonzero(matte > 0)
    tall, wide = int(np.ptp(rows)) + 2, int(np.ptp(columns)) + 2
    choices = [(tall, 0), (-tall, 0), (0, wide), (0, -wide)]
    covered = [int((np.roll(ring, s, axis=(0, 1)) & (matte > 0)).sum()) for s in choices]
    best = int(np.argmax(covered))
    return choices[best] if covered[best] > 0 else None
