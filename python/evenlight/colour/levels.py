# SPDX-License-Identifier: Apache-2.0
"""The brightnesses at which a tone curve is held."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

LEVELS_AN_OCTAVE = 8
#: Display values, so many to an octave.
LEVELS: Array = elementwise.exp2(np.arange(-6.5, 4.01, 1 / LEVELS_AN_OCTAVE))


def toned(colour: Array, gains: Array) -> Array:
    """Display colours (h, w, 3) through tone curves given as gains (3, len(LEVELS))."""
    keys, knots = elementwise.log2(np.maximum(colour, LEVELS[0])), elementwise.log2(LEVELS)
    factors = [np.interp(keys[..., c], knots, gains[c]) for c in range(3)]
    result: Array = colour * np.stack(factors, axis=-1).astype(np.float32)
    return result
