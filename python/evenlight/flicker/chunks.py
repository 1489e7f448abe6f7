# SPDX-License-Identifier: Apache-2.0
"""Places at which the chunks of a clip begin, by the change of light from frame to frame.

Chunks of one clip are equally long: joins at a common period speak for each other, so that weak
ones are found, and against what else jumps. A shot with one join has no period; there a join must
be sure by itself.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

#: Least change of light at a join (stops), how often that must be what light around does from frame
#: to frame, and the largest: beyond it a lamp was switched.
LEAST_STEP, STEP_OVER_JITTER, LARGEST_STEP = 0.01, 6.0, 0.6
#: Share of the step that must last, by medians of so many frames on either side.
LASTING, LASTING_FRAMES = 0.5, 6
#: Frames on either side by which the jitter of light is judged, and its least deviation (stops).
_JITTER_FRAMES, _LEAST_JITTER = 8, 0.004
#: Deviation (stops) of steps at joins.
_STEP = 0.1
#: Least frames of a chunk, and of those around that are asked.
_LEAST_CHUNK, _LEAST_FRAMES = 12, 4
#: Joins that make a period, where the first chunk is whole; one more where it is cut short, for any
#: two frames would.
_LEAST_JOINS = 2
#: What one frame may say against a join at it and for one, logarithms of odds.
_AGAINST, _FOR = -4.0, 8.0
#: The same beyond which joins are believed, for any of so many periods may seem to fit.
_SURELY = 1.0
#: Degrees of freedom of changes that are no joins, and the logarithm by which the densities of
#: three normal and of three such Student's changes differ: ln Γ(3) - ln Γ(3/2) - 3/2 ln(3/2).
_FREEDOM, _OF_STUDENT = 3.0, 0.205731
#: What makes a robust deviation of a median of distances.
_MAD = 1.4826


def beginnings(changes: Array, shared: Array) -> list[int]:
    """Places at which chunks begin, of changes (n, 3) in stops from each frame to the one before.

    `shared` (n, 3) is the part of each that the whole scene takes.
    """
    return _periodic(_evidence(changes)) or joins_of(changes, shared)


def joins_of(changes: Array, shared: Array) -> list[int]:
    """Places of the changes (n, 3) that are joins by themselves, as `shared` (n, 3) says."""
    path, sizes = -np.cumsum(changes, axis=0), np.abs(changes).max(axis=1)
    jumps = [i for i in range(1, len(changes)) if _jumps(i, sizes, np.abs(shared).max(axis=1))]
    # What sags before a join may jump itself; the last of them is the join.
    groups = np.split(jumps, np.flatnonzero(np.diff(jumps) > LASTING_FRAMES) + 1)
    return [int(group[-1]) for group in groups if len(group) and _lasts(group, path, changes)]


def _evidence(changes: Array) -> Array:
    """Logarithm of the odds (n,) of a join at each frame, whose change leaves those around it.

    Changes at joins are normal, others Student's, with the deviation found around.
    """
    odds = np.zeros(len(changes))
    for place in range(1, len(changes)):
        first, stop = max(1, place - _JITTER_FRAMES), place + 1 + _JITTER_FRAMES
        near = np.concatenate([changes[first:place], changes[place + 1 : stop]])
        if len(near) < _LEAST_FRAMES:
            continue
        middle = np.median(near, axis=0)
        jitter = np.maximum(_MAD * np.median(np.abs(near - middle), axis=0), _LEAST_JITTER)
        square, narrow = np.square(changes[place] - middle), np.square(jitter)
        wide = narrow + _STEP * _STEP
        tail = elementwise.log1p((square / narrow).sum() / _FREEDOM)
        student = (_FREEDOM + 3) / 2 * tail - _OF_STUDENT
        odds[place] = student - ((elementwise.log(wide / narrow) + square / wide) / 2).sum()
    return odds


def _periodic(odds: Array) -> list[int]:
    """Places of the likeliest even chunks; none where nothing speaks for two joins of theirs."""
    count = len(odds)
    told = np.clip(odds, _AGAINST, _FOR)
    best, found = float(elementwise.log(count)) + _SURELY, (0, 0)
    for period in range(_LEAST_CHUNK, count):
        phases = np.arange(period)
        padded = np.pad(told, (0, -count % period))
        sums = padded.reshape(-1, period).sum(axis=0) - elementwise.log(period) * (phases > 0)
        sums[(count - 1 - phases) // period < _LEAST_JOINS] = -np.inf
        if sums.max() > best:
            best, found = float(sums.max()), (period, int(sums.argmax()))
    period, phase = found
    return list(range(phase or period, count, period)) if period else []


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
