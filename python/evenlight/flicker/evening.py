# SPDX-License-Identifier: Apache-2.0
"""Joins of a clip that was made in chunks, evened out against its first chunk.

Models of video make a clip in chunks of some dozens of frames. At a join structure goes on, and
light and colour jump and stay; before it they may sag, and within a chunk they drift, in each chunk
alike. What the light of the scene does besides is meant, and taken from the frames around.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..colour.levels import LEVELS
from ..frames import Array
from ..kernels import elementwise, linear
from .chunks import beginnings
from .drift import drift_of
from .joins import LightStep, curve_terms
from .light_model import light_model
from .light_path import LightPath
from .meant import MeantChanges

#: Frames before a join in which light may sag.
SAG = 3
_OCTAVES: Array = elementwise.log2(LEVELS)
_MAD = 1.4826  # makes a robust deviation of a median of distances


@dataclass(frozen=True, slots=True)
class EvenedShot:
    """A shot whose joins are evened out."""

    ways: Sequence[Array]  # (3, len(LEVELS)) stops of each frame to the first chunk
    changes: Array  # (n, 3) stops of light from the frame before, when joins are out of it
    steps: Sequence[LightStep]

    def deficit(self, place: int, radius: int, steadiness: float, keep_above: float) -> Array:
        """Relative deficit (3, len(LEVELS)) of a frame.

        What flickers in the window of `radius` frames around it goes as well, by the model of light
        with its `steadiness` and what it is to `keep_above`.
        """
        first = max(0, place - radius)
        window = slice(first, place + radius + 1)
        stops = np.cumsum(self.changes[window], axis=0)
        seen = self.steps[window][1:]
        noise, hues = (np.array([getattr(step, n) for step in seen]) for n in ("noise", "hues"))
        path = LightPath(
            stops - stops[:1], noise, place - first, float(np.median(hues)) if len(seen) else 0.0
        )
        light = light_model(path, steadiness, keep_above)
        return np.asarray(elementwise.exp2(self.ways[place] + light.correction[:, None]) - 1)


def evened_shots(
    frames: Sequence[int], steps: Sequence[LightStep], thumbnails: Array
) -> dict[int, tuple[EvenedShot, int]]:
    """Shots that have joins, and places in them, by the numbers of their frames.

    `frames` are in order of time. The light of each is followed through the whole shot.
    """
    found: dict[int, tuple[EvenedShot, int]] = {}
    for places, own in shots(frames, steps):
        shot = evened(own, thumbnails[places])
        if shot is not None:
            found |= {frames[place]: (shot, i) for i, place in enumerate(places)}
    return found


def evened(steps: Sequence[LightStep], thumbnails: Array) -> EvenedShot | None:
    """A shot evened out against its first chunk; None where it has no join.

    `thumbnails` (n, h, w, 3) are the display values of its frames.
    """
    joins = beginnings(*(np.array([getattr(s, n) for s in steps]) for n in ("gains", "shared")))
    if not joins:
        return None
    changes = -np.array([step.gains for step in steps])
    bounds = [0, *joins, len(steps)]
    sagging = [slice(max(1, join - SAG), join) for join in joins]
    known = np.ones(len(steps), bool)
    known[bounds[:-1]] = False
    for frames in sagging:
        known[frames] = False
    sags = _sags(MeantChanges.of(changes, known), sagging)
    for frames in sagging:
        known[frames] = True
        changes[frames] -= sags[SAG - frames.stop + frames.start :]
    meant = MeantChanges.of(changes, known)
    jumps = np.zeros((len(bounds) - 1, 3))
    for i, join in enumerate(joins, start=1):
        expected = meant.at(join)
        jumps[i] = changes[join] - expected + sags.sum(axis=0)
        changes[join] = expected
    calm = list(map(slice, bounds, [*(frames.start for frames in sagging), len(steps)]))
    drift = drift_of(changes, thumbnails, calm, jumps)
    changes -= drift
    ways: list[Array] = []
    start = np.zeros((3, len(LEVELS)))  # stops from a chunk's first frame to the shot's
    for begin, end in pairwise(bounds):
        if begin:
            step = linear.product(steps[begin].curves, curve_terms(_OCTAVES))
            start = _after(step + changes[begin][:, None], ways[-1])
        strayed = np.outer(np.arange(end - begin), drift)
        if end < len(steps):
            strayed[-SAG:] += np.cumsum(sags, axis=0)[-len(strayed) :]
        ways += [_after(np.repeat(-s[:, None], len(LEVELS), axis=1), start) for s in strayed]
    home = np.mean(ways[: joins[0]], axis=0)
    return EvenedShot([way - _at(home, way) for way in ways], changes, steps)


def _sags(meant: MeantChanges, sagging: Sequence[slice]) -> Array:
    """Changes (SAG, 3) of light in the frames before any join, as far as they are sure."""

    def beside(places: Iterable[int]) -> list[Array]:
        return [meant.changes[place] - meant.at(place) for place in places]

    noise = beside(np.flatnonzero(meant.known).tolist())
    seen = [beside(range(s.start, s.stop)) for s in sagging if s.stop - s.start == SAG]
    if not seen or not noise:
        return np.zeros((SAG, 3))
    middle: Array = np.median(seen, axis=0)
    unsure = np.square(_MAD * np.median(np.abs(noise), axis=0)) / len(seen)
    return np.asarray(middle * np.maximum(0, 1 - unsure / np.maximum(np.square(middle), 1e-12)))


def _after(first: Array, then: Array) -> Array:
    """Stops (3, n) over levels of one curve followed by another."""
    return first + _at(then, first)


def _at(curve: Array, moved: Array) -> Array:
    """Stops (3, n) of a curve at the levels that lie `moved` stops higher."""
    return np.stack(
        [np.interp(_OCTAVES + m, _OCTAVES, c) for c, m in zip(curve, moved, strict=True)]
    )


def shots(
    frames: Sequence[int], steps: Sequence[LightStep]
) -> list[tuple[list[int], list[LightStep]]]:
    """Places of the frames of each shot, and the step of each to the one before it there.

    A step leads past frames that show a picture again, or are torn.
    """
    places = {frame: place for place, frame in enumerate(frames)}
    runs: list[tuple[list[int], list[LightStep]]] = []
    run_of: dict[int, int] = {}
    light: dict[int, Array] = {}  # stops (3,) of the first frame of the shot over each
    for place, (frame, step) in enumerate(zip(frames, steps, strict=True)):
        led_to = places.get(frame + step.offset) if step.offset < 0 else None
        if led_to is None:
            run_of[place], light[place] = len(runs), np.zeros(3)
            runs.append(([place], [step]))
            continue
        run_of[place], light[place] = run_of[led_to], light[led_to] + step.gains
        run, own = runs[run_of[place]]
        more = light[led_to] - light[run[-1]]
        curves = step.curves + np.outer(more, [1.0, 0.0, 0.0])
        own.append(replace(step, curves=curves, gains=step.gains + more))
        run.append(place)
    return runs
