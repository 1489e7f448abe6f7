# SPDX-License-Identifier: Apache-2.0
"""Scale-time equalisation on motion-matched cells (BlazeBVD eq. 3, after Delon 2006).

The published form compares the histograms of whole frames, so that a bright object that walks in
counts as a change of light. Here the histograms of two frames are taken from the cells that show
the same scene points in both. The mean over the window is that of the mapped *values*, as in
eq. 3: a mean of their logarithms has a bias of its own and costs 1 to 2 dB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .kernels import LEVELS, matched_gains
from .motion import warp
from .window import Neighbour, Window

#: The Gaussian's deviation as a share of the radius.
SIGMA_SHARE = 0.4
#: Share of matched cells below which a frame says nothing about the current one.
LEAST_MATCHED = 0.15
#: Where flicker begins, in stops from frame to frame: below it nothing is touched.
FLICKER_FLOOR = 0.008
#: Frames on each side over which the amount of flicker is judged, and which of the sorted second
#: differences stands for it: past the middle, yet few flashes and steps reach it.
GATE_RADIUS, GATE_RANK = 12, 0.6
#: Width of the passage from "flicker" to "meant", as a share of `keep_above`.
_SOFT = 0.2


@dataclass(frozen=True, slots=True)
class Pair:
    """What a neighbour says: how the current frame's levels look there."""

    offset: int
    confidence: float  # share of matched cells
    gains: Array  # (3, len(LEVELS)): value there over value here
    change: float  # stops, median over levels and channels


@dataclass(frozen=True, slots=True)
class Correction:
    """The tone curve of one frame, as a gain for each level and channel."""

    gains: Array  # (3, len(LEVELS)); 1 leaves a level alone
    amount: float  # 0..1: how sure it is that there is flicker at all

    @property
    def is_identity(self) -> bool:
        """Whether nothing is to be changed, exactly."""
        return bool(np.all(self.gains == 1))


def equalise(window: Window, radius: int, keep_above: float, strength: float) -> Correction:
    """The curve that brings the centre of `window` to the robust mean of its neighbours.

    Changes of more than `keep_above` stops against the window's median are meant and stay.
    """
    amount = flicker_amount(window)
    if amount == 0 or strength == 0:
        return Correction(np.ones((3, len(LEVELS))), 0.0)
    return combine(compare(window), radius, keep_above, amount, strength)


def combine(
    pairs: list[Pair], radius: int, keep_above: float, amount: float, strength: float
) -> Correction:
    """Average what the pairs say and draw the curve towards it."""
    offsets = np.array([0] + [pair.offset for pair in pairs])
    changes = np.array([0.0] + [pair.change for pair in pairs])
    confidence = np.array([1.0] + [pair.confidence for pair in pairs])
    gains = np.stack([np.ones((3, len(LEVELS)))] + [pair.gains for pair in pairs])
    weights = np.exp(-0.5 * (offsets / (SIGMA_SHARE * radius)) ** 2) * confidence**2
    middle = weighted_median(changes, weights)
    meant = 1 - _soft_step(np.abs(changes - middle), keep_above)
    weights = weights * meant
    if meant[0] == 0:
        return Correction(np.ones((3, len(LEVELS))), amount)
    mean = np.tensordot(weights / weights.sum(), gains, axes=1)
    values = LEVELS * (1 + amount * strength * meant[0] * (mean - 1))
    return Correction(np.maximum.accumulate(values, axis=1) / LEVELS, amount)


def _soft_step(size: Array, threshold: float) -> Array:
    """0 below the threshold, 1 above, with a short ramp."""
    return np.clip((size / threshold - (1 - _SOFT)) / (2 * _SOFT), 0, 1)


def weighted_median(values: Array, weights: Array) -> float:
    """The value at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def flicker_amount(window: Window) -> float:
    """0 where brightness runs smoothly from frame to frame, towards 1 the more it jumps.

    A fade has no second difference, a flash or a step has few: neither reaches the rank that is
    read. The shrinkage is that of James and Stein, and exactly 0 below the floor.
    """
    before = [n.link.gain for n in window.before[:GATE_RADIUS]][::-1]
    after = [n.link.gain for n in window.after[:GATE_RADIUS]]
    steps = np.array(before + after)
    if len(steps) < 2:
        return 0.0
    bends = np.sort(np.abs(np.diff(steps, axis=0)).max(axis=1))
    deviation = bends[int(GATE_RANK * (len(bends) - 1))] / np.sqrt(6)
    return max(0.0, 1 - (FLICKER_FLOOR / deviation) ** 2) if deviation > 0 else 0.0


def compare(window: Window) -> list[Pair]:
    """What each neighbour says of the current frame; the flow is chained from frame to frame."""
    return [pair for side in (window.before, window.after) for pair in _follow(window, side)]


def _follow(window: Window, side: tuple[Neighbour, ...]) -> list[Pair]:
    pairs = []
    height, width = window.centre.structure.shape
    field = np.zeros((height, width, 2), np.float32)
    for neighbour in side:
        towards = neighbour.link.forward if neighbour.offset > 0 else neighbour.link.backward
        field = field + warp(towards, field)
        confidence, gains, change = matched_gains(window.centre, neighbour.proxy, field)
        if confidence >= LEAST_MATCHED:
            pairs.append(Pair(neighbour.offset, confidence, gains, change))
    return pairs
