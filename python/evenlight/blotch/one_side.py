# SPDX-License-Identifier: Apache-2.0
"""Proof of blotches by the frames of one side, at the ends of a shot.

There a thing that comes into sight, or leaves it, differs from all neighbours as dirt does. So only
that is believed which lies where all moves as one, away from where things come in, and is to be
found nowhere near in the neighbours.
"""

from __future__ import annotations

import numpy as np

from ..kernels import elementwise, opencv
from .box import Box
from .candidates import Candidate
from .detect import BlotchNeighbour, Detection
from .likeness import is_elsewhere
from .passing import Passing, passing_of

#: Pixels of the preview around a blotch that must move as one, and by how much most of them may
#: differ (pixels a frame).
_AROUND, _MOST, _UNEVEN = 12, 90, 0.8
#: Pixels from which it is like nothing else that lies near.
_DISTINCT = 20
#: Blotches that a frame may have whatever the next one has, and for each of that one.
_FEW, _TIMES = 3, 3


def proved(found: Detection) -> list[Candidate]:
    """The blotches that the two frames of one side prove, and those that the user names.

    None of the former where there are far more than in the next frame, which has two sides.
    """
    named, passing = [one for one in found.blotches if one.named], passing_of(found)
    sure = [one for one in found.blotches if not one.named and _is_proved(found, passing, one)]
    count, _ = opencv.connectedComponents(found.neighbours[0].dirty.astype(np.uint8))
    return named + sure if len(sure) <= _FEW + _TIMES * (count - 1) else named


def _is_proved(found: Detection, passing: Passing, blotch: Candidate) -> bool:
    sides = found.neighbours[:2]
    if not all(_moves_as_one(one, blotch) for one in sides):
        return False
    if any(_comes_in(one, blotch.box) for one in sides) or passing.goes_on(blotch):
        return False
    is_distinct = blotch.area >= _DISTINCT
    return not (
        is_distinct and any(is_elsewhere(found.evidence.luma, one, blotch) for one in sides)
    )


def _moves_as_one(neighbour: BlotchNeighbour, blotch: Candidate) -> bool:
    """Whether the surroundings of a blotch have one motion."""
    shape = neighbour.flow.shape
    flow = neighbour.flow[blotch.box.grown(_AROUND, shape).part].reshape(-1, 2)
    off = flow - np.median(flow, axis=0)
    uneven = float(np.percentile(elementwise.hypot(off[:, 0], off[:, 1]), _MOST))
    return uneven <= _UNEVEN * max(abs(neighbour.offset), 1)


def _comes_in(neighbour: BlotchNeighbour, box: Box) -> bool:
    """Whether the blotch lies so near to the border that it may have come in since."""
    rows, columns = neighbour.flow.shape[:2]
    x, y = np.median(neighbour.flow[box.part].reshape(-1, 2), axis=0)
    return bool(
        box.left + x < 0 or box.right + x > columns or box.top + y < 0 or box.bottom + y > rows
    )
