# SPDX-License-Identifier: Apache-2.0
"""Joins of a clip that was made in chunks, evened out against its first chunk.

Models of video make a clip in chunks of some dozens of frames. At a join structure goes on, and
light and colour jump and stay; before it they may sag, and within a chunk they drift. The light of
every frame is followed through the whole shot, from each frame to the one before it: at a join by a
curve of gain, gamma and offset for each channel, elsewhere by gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..colour.levels import LEVELS
from ..frames import Array
from ..kernels import elementwise, linear
from ..motion.dense import warp
from ..motion.links import known_along
from ..motion.preview import MATCH, Preview
from ..motion.window import Window

#: Least change of light at a join (stops), how often that must be what light around does from frame
#: to frame, and the largest: beyond it a lamp was switched.
LEAST_STEP, STEP_OVER_JITTER, LARGEST_STEP = 0.01, 6.0, 0.6
#: Share of the step that must last, by medians of so many frames on either side.
LASTING, LASTING_FRAMES = 0.5, 6
#: Frames on either side by which the jitter of light is judged.
_JITTER_FRAMES = 8
#: Drift within a chunk (stops) that is evened out; what exceeds it is a fade.
MOST_DRIFT = 0.35
#: Change against the median of five frames (stops) from which a frame is a flash, and meant.
FLASH = 0.2

#: Stops by which rounding to 8 bits may change a cell.
_ROUNDING = 0.03
#: Display values between which a cell counts, and how many must for a curve.
_DARKEST, _BRIGHTEST, _LEAST_CELLS = 25 / 255, 235 / 255, 100
_OCTAVES: Array = elementwise.log2(LEVELS)
#: Weight of the demand that gamma and offset be small, as a share of the evidence.
_RIDGE = np.array([0.0, 1e-3, 1e-3])


@dataclass(frozen=True, slots=True)
class LightStep:
    """Way from a frame's light to that of the frame before it in the shot."""

    offset: int  # of that frame, negative; 0 where the shot begins
    curves: Array  # (3, 3): stops of each channel by gain, gamma and offset
    gains: Array  # (3,) stops of each channel by gain alone
    shared: Array  # (3,) stops that three quarters of the scene changed by at least; 0 for none

    @property
    def values(self) -> Array:
        """All of it (16,), as an analysis holds it."""
        return np.concatenate([[self.offset], self.curves.ravel(), self.gains, self.shared])

    @classmethod
    def of(cls, values: Array) -> LightStep:
        """The step with these `values` (16,)."""
        return cls(int(values[0]), values[1:10].reshape(3, 3), values[10:13], values[13:16])


#: The step of the first frame of a shot.
BEGINNING = LightStep(0, np.zeros((3, 3)), np.zeros(3), np.zeros(3))


def light_step(window: Window) -> LightStep:
    """The step from the centre of `window` to its neighbour before."""
    if not window.before:
        return BEGINNING
    here, before = window.centre, window.before[0]
    back = _ratios(here, before.preview, before.link.backward)
    forth = _ratios(before.preview, here, before.link.forward)
    # What interpolation does to the one of two frames it does to the other in turn.
    gains = (back.middle - forth.middle) / 2
    return LightStep(before.offset, back.curves, gains, back.shared)


def evened(frames: Sequence[int], steps: Sequence[LightStep]) -> dict[int, Array]:
    """Relative deficit (3, len(LEVELS)) of each frame against the first chunk of its shot.

    `frames` are in order of time. Frames of shots without a join are not among the answer, for what
    light does there is meant.
    """
    found: dict[int, Array] = {}
    for shot in _shots(frames, steps):
        own = [steps[i] for i in shot]
        joins = joins_of(*(np.array([getattr(s, n) for s in own]) for n in ("gains", "shared")))
        if joins:
            found |= zip((frames[i] for i in shot), _deficits(own, joins), strict=True)
    return found


def joins_of(changes: Array, shared: Array) -> list[int]:
    """Places at which chunks begin, of changes (n, 3) in stops from each frame to the one before.

    `shared` (n, 3) is the part of each that the whole scene takes.
    """
    path, sizes = -np.cumsum(changes, axis=0), np.abs(changes).max(axis=1)
    jumps = [i for i in range(1, len(changes)) if _jumps(i, sizes, np.abs(shared).max(axis=1))]
    # What sags before a join may jump itself; the last of them is the join.
    groups = np.split(jumps, np.flatnonzero(np.diff(jumps) > LASTING_FRAMES) + 1)
    return [int(group[-1]) for group in groups if len(group) and _lasts(group, path, changes)]


def _jumps(place: int, sizes: Array, shared: Array) -> bool:
    """Whether the scene's light changes at a place by more than it does around."""
    near = slice(max(1, place - _JITTER_FRAMES), place + 1 + _JITTER_FRAMES)
    least = max(LEAST_STEP, STEP_OVER_JITTER * float(np.median(sizes[near])))
    return bool(least <= shared[place] <= LARGEST_STEP)


def _lasts(group: Array, path: Array, changes: Array) -> bool:
    """Whether light is another one after a group of jumps than before it."""
    first, last = int(group[0]), int(group[-1])
    after = np.median(path[last : last + LASTING_FRAMES], axis=0)
    before = np.median(path[max(0, first - LASTING_FRAMES) : first], axis=0)
    largest = np.abs(changes[group]).max(axis=0)
    return bool((np.abs(after - before) >= np.maximum(LASTING * largest, LEAST_STEP)).any())


def _deficits(steps: Sequence[LightStep], joins: Sequence[int]) -> list[Array]:
    """Of the frames of one shot, from curves that lead each frame to the first one."""
    bounds = [0, *joins, len(steps)]
    ways: list[Array] = []
    start = np.zeros((3, len(LEVELS)))  # stops from the chunk's first frame to the shot's
    for begin, end in pairwise(bounds):
        if begin:
            step = linear.product(steps[begin].curves, _terms(_OCTAVES))
            start = _after(step, ways[-1])
        inside = np.array([s.gains for s in steps[begin:end]])
        inside[0] = 0
        drift = _unmeant(np.cumsum(inside, axis=0))
        ways += [_after(np.repeat(d[:, None], len(LEVELS), axis=1), start) for d in drift]
    home = np.mean(ways[: joins[0]], axis=0)
    back = [way - _at(home, way) for way in ways]
    return [elementwise.exp2(way) - 1 for way in back]


def _unmeant(drift: Array) -> Array:
    """The part of a chunk's drift (n, 3) that is neither a flash nor a fade."""
    padded = np.pad(drift, ((2, 2), (0, 0)), mode="edge")
    near = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5, axis=0), axis=-1)
    calm = np.where(np.abs(drift - near).max(axis=1, keepdims=True) > FLASH, near, drift)
    middle = np.median(calm, axis=0)
    return np.asarray(middle + np.clip(calm - middle, -MOST_DRIFT, MOST_DRIFT))


def _after(first: Array, then: Array) -> Array:
    """Stops (3, n) over levels of one curve followed by another."""
    return first + _at(then, first)


def _at(curve: Array, moved: Array) -> Array:
    """Stops (3, n) of a curve at the levels that lie `moved` stops higher."""
    return np.stack(
        [np.interp(_OCTAVES + m, _OCTAVES, c) for c, m in zip(curve, moved, strict=True)]
    )


def _shots(frames: Sequence[int], steps: Sequence[LightStep]) -> list[list[int]]:
    """Places of frames in runs in which each leads to the one before it, or to one skipped to."""
    runs: list[list[int]] = []
    for i, (frame, step) in enumerate(zip(frames, steps, strict=True)):
        follows = runs and step.offset < 0 and frames[runs[-1][-1]] == frame + step.offset
        if follows:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


@dataclass(frozen=True, slots=True)
class _Ratios:
    """Light of another picture over one's own, on the same scene points."""

    own: Array  # (n, 3) octaves
    stops: Array  # (n, 3)

    @property
    def middle(self) -> Array:
        """Stops (3,), the mean of what is near the median; 0 where nothing is matched.

        Not the median itself: of a drift of less than a level a frame, flat cells show nothing in
        most frames and a whole level in some.
        """
        if not len(self.stops):
            return np.zeros(3)
        apart = np.abs(self.stops - np.median(self.stops, axis=0))
        near = apart <= np.maximum(3 * 1.4826 * np.median(apart, axis=0), _ROUNDING)
        return np.asarray((self.stops * near).sum(axis=0) / near.sum(axis=0))

    @property
    def shared(self) -> Array:
        """Stops (3,) of the quartile nearer to nothing; 0 where quartiles disagree."""
        if not len(self.stops):
            return np.zeros(3)
        low, high = np.quantile(self.stops, (0.25, 0.75), axis=0)
        return np.where(low * high > 0, np.where(low > 0, low, high), 0.0)

    @property
    def curves(self) -> Array:
        """Terms (3, 3) of the curves through what is near their first fit."""
        if len(self.stops) < _LEAST_CELLS:
            return np.stack([self.middle, np.zeros(3), np.zeros(3)], axis=1)
        return np.stack([_fit(self.own[:, c], self.stops[:, c]) for c in range(3)])


def _ratios(here: Preview, there: Preview, flow: Array) -> _Ratios:
    seen = np.abs(warp(there.structure, flow) - here.structure) < MATCH
    known = known_along(flow, here, there)
    seen = seen if known is None else seen & known
    colour = np.stack([here.colour[seen], warp(there.colour, flow)[seen]])
    within = ((colour >= _DARKEST) & (colour <= _BRIGHTEST)).all(axis=(0, 2))
    own, other = elementwise.log2(colour[:, within].astype(np.float64))
    return _Ratios(own, other - own)


def _fit(own: Array, stops: Array) -> Array:
    """Terms (3,) of the curve through stops (n,) over own octaves (n,), outliers left out."""
    terms = _terms(own)
    kept = np.abs(stops - np.median(stops)) <= LARGEST_STEP
    found = np.zeros(3)
    for _ in range(3):
        used = terms[:, kept]
        matrix = linear.product(used, np.ascontiguousarray(used.T)) + np.diag(_RIDGE * kept.sum())
        found = linear.solve(matrix, (used * stops[kept]).sum(axis=1))
        apart = np.abs(stops - (found[:, None] * terms).sum(axis=0))
        kept = apart <= 3 * max(1.4826 * float(np.median(apart)), 1e-3)
    return found


def _terms(octaves: Array) -> Array:
    """Terms of a curve in stops (3, n) over octaves: gain, gamma, offset to the first order."""
    return np.stack(
        [np.ones(len(octaves)), octaves, np.minimum(0.05 * elementwise.exp2(-octaves), 4.0)]
    )
