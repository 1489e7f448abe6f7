# SPDX-License-Identifier: Apache-2.0
"""The brightnesses at which a tone curve is held."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

LEVELS_AN_OCTAVE = 8
#: Display values, so many to an octave.
LEVELS: Array = elementwise.exp2(np.arange(-6.5, 4.01, 1 / LEVELS_AN_OCTAVE))
#: Brightness at each level that keeps shares of none quiet.
_LEAST_LIGHT = 1e-6


def toned(colour: Array, gains: Array) -> Array:
    """Display colours (h, w, 3) through tone curves given as gains (3, len(LEVELS))."""
    keys, knots = elementwise.log2(np.maximum(colour, LEVELS[0])), elementwise.log2(LEVELS)
    factors = [np.interp(keys[..., c], knots, gains[c]) for c in range(3)]
    result: Array = colour * np.stack(factors, axis=-1).astype(np.float32)
    return result


def light_at_levels(cells: Array) -> Array:
    """Share (3, len(LEVELS)) of the brightness of `cells` (n, 3) that a curve's knots gain."""
    light = cells.astype(np.float64)
    octaves = elementwise.log2(np.maximum(light, LEVELS[0]) / LEVELS[0])
    place = np.minimum(octaves * LEVELS_AN_OCTAVE, len(LEVELS) - 1.0)
    low = np.minimum(place.astype(np.intp), len(LEVELS) - 2)
    shares = []
    for channel in range(3):
        knot, own = low[:, channel], light[:, channel]
        upper = own * (place[:, channel] - knot)
        gained = np.bincount(knot, own - upper, len(LEVELS))
        gained += np.bincount(knot + 1, upper, len(LEVELS))
        shares.append((gained + _LEAST_LIGHT) / (gained + _LEAST_LIGHT).sum())
    return np.stack(shares)
