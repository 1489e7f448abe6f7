# SPDX-License-Identifier: Apache-2.0
"""Scale-time equalisation on motion-matched cells (BlazeBVD eq. 3, after Delon 2006).

The published form compares the histograms of whole frames, so that a bright object that walks in
counts as a change of light. Here the histograms of two frames are taken from the cells that show
the same scene points in both. The mean over the window is that of the mapped *values*, as in
eq. 3: a mean of their logarithms has a bias of its own and costs 1 to 2 dB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..colour.levels import LEVELS
from ..colour.luma import QUIET
from ..frames import Array
from ..kernels import elementwise
from ..motion.window import Window
from .matching import Pair

#: The Gaussian's deviation as a share of the radius.
SIGMA_SHARE = 0.4
#: Where flicker begins, as a share of the brightness: below it nothing is touched.
FLICKER_FLOOR = 0.005
#: Frames on each side over which the amount of flicker is judged, and which of the sorted second
#: differences stands for it: past the middle, yet few flashes and steps reach it.
GATE_RADIUS, GATE_RANK = 12, 0.6
#: Frames on each side over which the trend of the light is a median, and how far, in deviations of
#: the flicker, that median strays by chance.
TREND_RADIUS, DRIFT_BY_CHANCE = 6, 1.5
#: Deviations of the flicker that a change must exceed to be a flash.
FLASH_DEVIATIONS = 3.0
#: Width of the passage from "flicker" to "meant", as a share of `keep_above`.
_SOFT = 0.2


#: What the current frame says of itself.
_SELF = Pair(0, 1.0, np.ones((3, len(LEVELS))), 0.0)


def equalise(pairs: Sequence[Pair], radius: int, keep_above: float, amount: float) -> Array:
    """Relative deficit of each level against the robust mean of the window, (3, len(LEVELS)).

    It is a share of the level, 0 where a level is to be left alone; `tone_curves` makes gains of
    it. `amount` (0..1) says how sure it is that there is flicker at all. Changes of more than
    `keep_above` stops against the window's median are meant and stay.
    """
    pairs = sorted([*pairs, _SELF], key=lambda pair: pair.offset)
    offsets = np.array([pair.offset for pair in pairs])
    changes = np.array([pair.change for pair in pairs])
    confidence = np.array([pair.confidence for pair in pairs])
    gains = np.stack([pair.gains for pair in pairs])
    here = int(np.flatnonzero(offsets == 0)[0])
    trend = light_trend(changes)
    deviation = jitter(changes - trend)
    # What the flicker itself does now and then is no flash, however small the threshold.
    flash = max(keep_above, FLASH_DEVIATIONS * deviation)
    meant = 1 - soft_step(np.abs(changes - trend), flash)
    if meant[here] == 0:
        return np.zeros((3, len(LEVELS)))
    drift = significant_drift(trend - trend[here], deviation)
    weights = (
        elementwise.exp(-0.5 * np.square(offsets / (SIGMA_SHARE * radius))) * confidence * meant
    )
    gains = gains * elementwise.exp2(-drift)[:, None, None]
    mean = ((weights / weights.sum())[:, None, None] * gains).sum(axis=0)
    relative_deficit: Array = amount * meant[here] * (mean - 1)
    return relative_deficit


def tone_curves(relative_deficit: Array, strength: float) -> Array:
    """Gains (3, len(LEVELS)) that give a part of what is lacking; no level overtakes another."""
    values = LEVELS * (1 + strength * relative_deficit)
    curves: Array = np.maximum.accumulate(values, axis=1) / LEVELS
    return curves


def light_trend(changes: Array) -> Array:
    """Changes of light that are no flicker: a running median, which keeps ramps and steps.

    What flicker leaves of it on a ramp is a staircase; its treads, lower than a real step, are
    averaged away.
    """
    median = np.nanmedian(_neighbourhoods(changes), axis=1)
    around = _neighbourhoods(median)
    tread = DRIFT_BY_CHANCE * jitter(changes - median)
    near = np.abs(around - median[:, None]) <= tread
    # As many on one side as on the other, so that the end of a ramp does not pull.
    near &= near[:, ::-1]
    mean: Array = np.where(near, around, 0).sum(axis=1) / near.sum(axis=1)
    return mean


def _neighbourhoods(values: Array) -> Array:
    """Each value with those `TREND_RADIUS` to either side (n, 2 radius + 1), NaN past the ends."""
    padded = np.pad(values, TREND_RADIUS, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * TREND_RADIUS + 1)


def jitter(residual: Array) -> float:
    """Deviation of the flicker itself in stops, blind to a few flashes."""
    return float(np.median(np.abs(residual))) * 1.4826


def significant_drift(drift: Array, deviation: float) -> Array:
    """The part of `drift` that flicker of this deviation would not make by chance."""
    chance = DRIFT_BY_CHANCE * deviation
    size = np.maximum(np.abs(drift), 1e-9)
    return drift * np.maximum(0, 1 - np.square(chance / size))


def soft_step(size: Array, threshold: float) -> Array:
    """0 below the threshold, 1 above, with a short ramp."""
    return np.clip((size / threshold - (1 - _SOFT)) / (2 * _SOFT), 0, 1)


def flicker_amount(window: Window) -> float:
    """0 where brightness runs smoothly from frame to frame, towards 1 the more it jumps.

    A fade has no second difference, a flash or a step has few: neither reaches the rank that is
    read. The shrinkage is that of James and Stein, and exactly 0 below the floor.
    """
    links = [n.link for n in window.before[:GATE_RADIUS][::-1] + window.after[:GATE_RADIUS]]
    if len(links) < 2:
        return 0.0
    # Differences, not ratios: an even fade to black has no bend then.
    differences = np.array([link.difference for link in links])
    level = np.median([link.level for link in links], axis=0) + QUIET
    bends = np.sort(np.abs(np.diff(differences, axis=0) / level).max(axis=1))
    deviation = bends[int(GATE_RANK * (len(bends) - 1))] / np.sqrt(6)
    return max(0.0, 1 - np.square(FLICKER_FLOOR / deviation)) if deviation > 0 else 0.0
