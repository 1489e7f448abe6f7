# SPDX-License-Identifier: Apache-2.0
"""From a correction on the display-like scale to gains on the clip's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .encoding import Encoding, from_display, highest, to_display
from .equalise import Correction
from .kernels import KNOTS
from .matching import LEVELS


@dataclass(frozen=True, slots=True)
class Curves:
    """Tone curves as gains: out = value * gain(value), the gain linear between `KNOTS`.

    Below the first knot, for negative values too, and above the last the gain stays what it is
    there: nothing is clipped and nothing folds over.
    """

    gains: Array  # (3, len(KNOTS)), one row a channel, or (1, len(KNOTS))
    by_maximum: bool = False  # one curve read at max(red, green, blue), a factor for all three


def curves_of(correction: Correction, encoding: Encoding, *, by_luminance: bool) -> Curves:
    """The curves of a correction: one a channel, or one that keeps the hue of every pixel."""
    if correction.is_identity:
        return Curves(np.ones((1, len(KNOTS))))
    wanted = correction.gains.mean(axis=0, keepdims=True) if by_luminance else correction.gains
    stored = np.minimum(KNOTS, highest(encoding))
    display = to_display(stored, encoding)
    keys = np.log2(np.maximum(display, LEVELS[0]))
    gained = [display * np.interp(keys, np.log2(LEVELS), gains) for gains in wanted]
    return Curves(
        np.stack([from_display(values, encoding) / stored for values in gained]), by_luminance
    )
