# SPDX-License-Identifier: Apache-2.0
"""From a correction on the display-like scale to gains on the clip's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .encoding import Encoding, from_display, highest, to_display
from .kernels import KNOTS
from .levels import LEVELS


@dataclass(frozen=True, slots=True)
class Curves:
    """Tone curves as gains: out = value * gain(value), the gain linear between `KNOTS`.

    Below the first knot, for negative values too, and above the last the gain stays what it is
    there: nothing is clipped and nothing folds over.
    """

    gains: Array  # (3, len(KNOTS)), one row a channel, or (1, len(KNOTS))
    by_maximum: bool = False  # one curve read at max(red, green, blue), a factor for all three


def curves_of(gains: Array, encoding: Encoding, *, by_luminance: bool) -> Curves:
    """The curves of gains (3, len(LEVELS)): one a channel, or one that keeps every pixel's hue."""
    if np.all(gains == 1):
        return Curves(np.ones((1, len(KNOTS))))
    wanted = gains.mean(axis=0, keepdims=True) if by_luminance else gains
    stored = np.minimum(KNOTS, highest(encoding))
    display = to_display(stored, encoding)
    keys = np.log2(np.maximum(display, LEVELS[0]))
    gained = [display * np.interp(keys, np.log2(LEVELS), own) for own in wanted]
    return Curves(
        np.stack([from_display(values, encoding) / stored for values in gained]), by_luminance
    )
