# SPDX-License-Identifier: Apache-2.0
"""From a correction on the display-like scale to gains on the clip's own numbers."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise
from ..kernels.pixels import KNOTS, Curves
from .encoding import Encoding, from_display, highest, to_display
from .levels import LEVELS


def curves_of(gains: Array, encoding: Encoding, *, by_maximum: bool) -> Curves:
    """The curves of gains (3, len(LEVELS)): one a channel, or one that keeps every pixel's hue."""
    if np.all(gains == 1):
        return Curves(np.ones((1, len(KNOTS))))
    wanted = gains.mean(axis=0, keepdims=True) if by_maximum else gains
    stored = np.minimum(KNOTS, highest(encoding))
    display = to_display(stored, encoding)
    keys = elementwise.log2(np.maximum(display, LEVELS[0]))
    knots = elementwise.log2(LEVELS)
    gained = [display * np.interp(keys, knots, own) for own in wanted]
    return Curves(
        np.stack([from_display(values, encoding) / stored for values in gained]), by_maximum
    )
