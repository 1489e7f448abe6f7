# SPDX-License-Identifier: Apache-2.0
"""Clips that are no more than one brightness (stops) a frame, as the model of light sees them."""

from __future__ import annotations

import numpy as np

from evenlight.frames import Array
from evenlight.motion.light_change import LightChange
from evenlight.motion.links import Link
from evenlight.motion.preview import Preview
from evenlight.motion.window import Neighbour, Window

_STILL = np.zeros((1, 1, 2), np.float32)
#: Variance with which light is measured on a scene that stands still.
STILL_NOISE = 1e-6


def window(stops: Array, here: int, *, noise: float = STILL_NOISE, hues: float = 0.0) -> Window:
    """The window of frame `here` of a path (n,), or (n, 3) by channels."""
    light = stops[:, None] + np.zeros(3) if stops.ndim == 1 else stops
    grey = [Preview((0.4 * 2**own)[None, None], np.zeros((1, 1)), b"") for own in light]

    def link(first: int) -> Link:
        step = light[first + 1] - light[first]
        change = LightChange(step, step, noise, hues)
        return Link(_STILL, _STILL, True, change, False)

    return Window(
        grey[here],
        tuple(Neighbour(t - here, grey[t], link(t)) for t in range(here - 1, -1, -1)),
        tuple(Neighbour(t - here, grey[t], link(t - 1)) for t in range(here + 1, len(stops))),
    )
