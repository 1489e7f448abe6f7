# SPDX-License-Identifier: Apache-2.0
"""Candidates that overlap or nearly do: which of them stand, their mask, and gaps closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..frames import Array
from ..kernels import opencv
from . import matte
from .box import Box
from .candidates import Candidate

#: Log odds from which a candidate is beyond doubt.
_BEYOND_DOUBT = 4.0


def apart(chosen: Sequence[Candidate], odds: Array) -> list[Candidate]:
    """Of candidates that overlap the likelier one, and of those that are beyond doubt the larger.

    `odds` (n,) are their log odds.
    """
    order = sorted(
        range(len(chosen)),
        key=lambda i: (min(float(odds[i]), _BEYOND_DOUBT), chosen[i].area),
        reverse=True,
    )
    kept: list[int] = []
    for i in order:
        if not any(overlap(chosen[i], chosen[k]) for k in kept):
            kept.append(i)
    return [chosen[i] for i in sorted(kept)]


def overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates share a pixel."""
    shared = one.box.shared(other.box)
    if min(shared.shape) <= 0:
        return False
    first, second = (each.mask[shared.within(each.box).part] for each in (one, other))
    return bool((first & second).any())


def mask_of(blotches: Sequence[Candidate], shape: tuple[int, ...]) -> Array:
    """The pixels (h, w) of all of them."""
    mask = np.zeros(shape[:2], bool)
    for one in blotches:
        mask[one.box.part] |= one.mask
    return mask


def joined(
    blotches: Sequence[Candidate], shape: tuple[int, ...], gap: float
) -> Sequence[Candidate]:
    """Blotches of a frame, those less than `gap` apart as one; pixels of a frame 1080 high.

    Only those of one polarity are joined, and none that the user named.
    """
    radius = round(0.5 * gap * shape[0] / matte.OF_HEIGHT + 0.5) if gap > 0 else 0
    if radius == 0:
        return blotches
    named = [one for one in blotches if one.contrast == 0]
    kinds = [[b for b in blotches if b.contrast > 0 and b.dark is dark] for dark in (True, False)]
    return named + [one for kind in kinds for one in _joined(kind, shape, radius)]


def _joined(
    blotches: Sequence[Candidate], shape: tuple[int, ...], radius: int
) -> Sequence[Candidate]:
    """Blotches of one polarity, with gaps up to twice the radius closed."""
    if len(blotches) < 2:
        return blotches
    closed = matte.closed(mask_of(blotches, shape), radius).astype(np.uint8)
    count, labels, statistics, _ = opencv.connectedComponentsWithStats(closed)
    whole = []
    for label in range(1, count):
        parts = [b for b in blotches if (labels[b.box.part][b.mask] == label).any()]
        if not parts:  # an island that closing made between blotches and touches none
            continue
        left, top, width, height, area = statistics[label].tolist()
        box = Box(top, left, top + height, left + width)
        largest = max(parts, key=lambda part: part.area)
        one = replace(largest, box=box, mask=labels[box.part] == label, area=area)
        accepted, grow = any(p.accepted for p in parts), max(p.grow for p in parts)
        whole.append(replace(one, accepted=accepted, grow=grow))
    return whole
