# SPDX-License-Identifier: Apache-2.0
"""The path of light through a window: measured from frame to frame, and against the centre.

Steps from frame to frame are measured best, but their errors add up along the way. What a frame
shows of the centre's scene tells its light directly, however far it lies; where little is left to
see of it, as after a pan, the steps alone speak. Both are joined by least squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..colour.levels import light_at_levels
from ..frames import Array
from ..kernels import elementwise
from ..motion.light_change import lit_cells
from ..motion.window import Window
from .matching import Pair

#: Deviations with which a step and a frame's light are measured: shares of what light changes by,
#: for flicker bends levels as well, and stops of the second, where all of the centre is seen.
_OF_STEP, _OF_LIGHT, _DIRECT = 0.03, 0.1, 0.02
#: Weight of the centre, whose light is known.
_KNOWN = 1e9
#: Brightness that keeps logarithms of curves quiet.
_QUIET = 1e-6
#: Digits of stops that count: what is rounded off is no light, and a steady clip has none.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class LightPath:
    """Light of the frames of a window, in order of time."""

    stops: Array  # (n, 3), of each channel
    noise: Array  # (n - 1,) variance with which each step was measured, stops squared
    centre: int  # place of the current frame
    hues: float  # spread of the hues of its pictures, stops

    @property
    def seen(self) -> tuple[Array, Array, int]:
        """The path, its noise, and the current frame, as the likelihood takes them."""
        return self.stops, self.noise, self.centre

    def told_by(self, window: Window, pairs: Sequence[Pair]) -> LightPath:
        """The path that agrees with the steps and with what `pairs` see of the centre."""
        if not pairs:
            return self
        direct = np.zeros_like(self.stops)
        weights = np.zeros(len(self.stops))
        places = {frame.offset: place for place, frame in enumerate(window.shot)}
        light = light_at_levels(lit_colours(window.centre.colour))
        for pair in pairs:
            place = places[pair.offset]
            gain = (pair.gains * light).sum(axis=1)
            direct[place] = np.round(elementwise.log2(np.maximum(gain, _QUIET)), _DIGITS)
            deviation = _DIRECT / pair.confidence + _OF_LIGHT * np.abs(direct[place]).mean()
            weights[place] = 1 / (deviation * deviation)
        weights[self.centre] = _KNOWN
        return replace(self, stops=self._joined(direct, weights))

    def _joined(self, direct: Array, weights: Array) -> Array:
        """Least squares (n, 3) between `direct` (n, 3) at `weights` (n,), and the steps."""
        steps = np.diff(self.stops, axis=0)
        bent = _OF_STEP * np.abs(steps).mean(axis=1)
        stiff = 1 / np.maximum(self.noise + bent * bent, 1 / _KNOWN)
        diagonal = weights.copy()
        diagonal[1:] += stiff
        diagonal[:-1] += stiff
        right = weights[:, None] * direct
        right[1:] += stiff[:, None] * steps
        right[:-1] -= stiff[:, None] * steps
        for k in range(1, len(diagonal)):  # elimination, and back
            share = stiff[k - 1] / diagonal[k - 1]
            diagonal[k] -= share * stiff[k - 1]
            right[k] += share * right[k - 1]
        right[-1] /= diagonal[-1]
        for k in range(len(diagonal) - 2, -1, -1):
            right[k] = (right[k] + stiff[k] * right[k + 1]) / diagonal[k]
        return right


def followed(window: Window, evened: float = 0.0) -> LightPath:
    """The path by steps alone, from which a share `evened` of what differs over frames is out."""
    changes = [neighbour.link.light for neighbour in (*window.before[::-1], *window.after)]
    steps = np.zeros((len(changes) + 1, 3))
    for place, change in enumerate(changes, start=1):
        steps[place] = change.stops + evened * (change.evened - change.stops)
    hues = float(np.median([change.hues for change in changes])) if changes else 0.0
    noise = np.array([change.noise for change in changes])
    return LightPath(np.cumsum(steps, axis=0), noise, len(window.before), hues)


def lit_colours(colour: Array) -> Array:
    """Colours (n, 3) of the cells of a picture that are not clipped, of all where all are."""
    lit = lit_cells(colour)
    return np.asarray(colour[lit] if lit.any() else colour.reshape(-1, 3))
