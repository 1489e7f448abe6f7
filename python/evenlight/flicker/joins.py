# SPDX-License-Identifier: Apache-2.0
"""Steps of light from each frame to the one before it, by which joins of chunks are found.

At a join light is followed by a curve of gain, gamma and offset for each channel, elsewhere by
gains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise, linear
from ..motion.dense import warp
from ..motion.links import known_along
from ..motion.preview import MATCH, Preview
from ..motion.window import Window
from .chunks import LARGEST_STEP

#: Numbers that a step is held as.
STEP_VALUES = 18
#: Stops by which rounding to 8 bits may change a cell.
_ROUNDING = 0.03
#: Display values between which a cell counts, and how many must for a curve.
_DARKEST, _BRIGHTEST, _LEAST_CELLS = 25 / 255, 235 / 255, 100
#: Deviations of gain, gamma and offset at joins, as terms of a curve, and how many cells are as
#: good as one that stands alone.
_USUAL, _ALIKE = np.array([0.2, 0.06, 0.25]), 20


@dataclass(frozen=True, slots=True)
class LightStep:
    """Way from a frame's light to that of the frame before it in the shot."""

    offset: int  # of that frame, negative; 0 where the shot begins
    curves: Array  # (3, 3): stops of each channel by gain, gamma and offset
    gains: Array  # (3,) stops of each channel by gain alone
    shared: Array  # (3,) stops that three quarters of the scene changed by at least; 0 for none
    noise: float  # variance with which light was measured, stops squared
    hues: float  # spread of the picture's hues, stops

    @property
    def values(self) -> Array:
        """All of it (STEP_VALUES,), as an analysis holds it."""
        seen = [self.noise, self.hues]
        return np.concatenate([[self.offset], self.curves.ravel(), self.gains, self.shared, seen])

    @classmethod
    def of(cls, values: Array) -> LightStep:
        """The step with these `values` (STEP_VALUES,)."""
        offset, noise, hues = values[[0, -2, -1]].tolist()
        curves, gains, shared = np.split(values[1:-2], [9, 12])
        return cls(int(offset), curves.reshape(3, 3), gains, shared, noise, hues)


#: The step of the first frame of a shot.
BEGINNING = LightStep(0, np.zeros((3, 3)), np.zeros(3), np.zeros(3), 0.0, 0.0)


def light_step(window: Window) -> LightStep:
    """The step from the centre of `window` to its neighbour before."""
    if not window.before:
        return BEGINNING
    here, before = window.centre, window.before[0]
    back = _ratios(here, before.preview, before.link.backward)
    forth = _ratios(before.preview, here, before.link.forward)
    # What interpolation does to the one of two frames it does to the other in turn.
    gains = [(b.middle - f.middle) / 2 for b, f in zip(back, forth, strict=True)]
    curves, shared = np.stack([b.curve for b in back]), np.array([b.shared for b in back])
    light = before.link.light
    return LightStep(before.offset, curves, np.array(gains), shared, light.noise, light.hues)


@dataclass(frozen=True, slots=True)
class _Ratios:
    """Light of another picture over one's own in one channel, on the same scene points."""

    own: Array  # (n,) octaves
    stops: Array  # (n,)

    @property
    def middle(self) -> float:
        """Stops, the mean of what is near the median; 0 where nothing is matched.

        Not the median itself: of a drift of less than a level a frame, flat cells show nothing in
        most frames and a whole level in some.
        """
        if not len(self.stops):
            return 0.0
        apart = np.abs(self.stops - np.median(self.stops))
        near = apart <= max(3 * 1.4826 * float(np.median(apart)), _ROUNDING)
        return float((self.stops * near).sum() / near.sum())

    @property
    def shared(self) -> float:
        """Stops of the quartile nearer to nothing; 0 where quartiles disagree."""
        if not len(self.stops):
            return 0.0
        low, high = np.quantile(self.stops, (0.25, 0.75))
        return float(low if low > 0 else high) if low * high > 0 else 0.0

    @property
    def curve(self) -> Array:
        """Terms (3,) of the curve through what is near its first fit."""
        if len(self.stops) < _LEAST_CELLS:
            return np.array([self.middle, 0.0, 0.0])
        return _fit(self.own, self.stops)


def _ratios(here: Preview, there: Preview, flow: Array) -> list[_Ratios]:
    """The ratios of each channel, where both values are neither dark nor near white."""
    seen = np.abs(warp(there.structure, flow) - here.structure) < MATCH
    known = known_along(flow, here, there)
    seen = seen if known is None else seen & known
    colour = np.stack([here.colour[seen], warp(there.colour, flow)[seen]]).astype(np.float64)
    within = np.all((colour >= _DARKEST) & (colour <= _BRIGHTEST), axis=0).reshape(-1, 3)
    found = []
    for channel in range(3):
        own, other = elementwise.log2(colour[:, within[:, channel], channel])
        found.append(_Ratios(own, other - own))
    return found


def _fit(own: Array, stops: Array) -> Array:
    """Terms (3,) of the likeliest curve through stops (n,) over own octaves (n,)."""
    terms = curve_terms(own)
    apart = np.abs(stops - np.median(stops))
    kept, found = apart <= LARGEST_STEP, np.zeros(3)
    for _ in range(4):
        deviation = max(1.4826 * float(np.median(apart)), 1e-3)
        used = terms[:, kept]
        prior = np.diag(_ALIKE * np.square(deviation / _USUAL))
        matrix = linear.product(used, np.ascontiguousarray(used.T)) + prior
        found = linear.solve(matrix, (used * stops[kept]).sum(axis=1))
        apart = np.abs(stops - (found[:, None] * terms).sum(axis=0))
        kept = apart <= 3 * max(1.4826 * float(np.median(apart)), 1e-3)
    return found


def curve_terms(octaves: Array) -> Array:
    """Terms of a curve in stops (3, n) over octaves: gain, gamma, offset to the first order."""
    return np.stack(
        [np.ones(len(octaves)), octaves, np.minimum(0.05 * elementwise.exp2(-octaves), 4.0)]
    )
