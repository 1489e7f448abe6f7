# SPDX-License-Identifier: Apache-2.0
"""Search for what a blotch looks like, in other frames: what is there, elsewhere, is no dirt."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import opencv
from .candidates import Candidate
from .detect import BlotchNeighbour

#: Pixels that a likeness is looked for in, and share of the squared difference where motion leads
#: that is left where it is found.
_SEARCH, _LIKE = 40, 0.35
#: Pixels of a side of what is looked for, at most.
_LONGEST = 96


def is_elsewhere(luma: Array, neighbour: BlotchNeighbour, blotch: Candidate) -> bool:
    """Whether a neighbour shows the blotch near by, and not only what lies around it."""
    near = blotch.box.grown(2, luma.shape)
    if max(near.shape) > _LONGEST:
        return False
    around = near.grown(_SEARCH, luma.shape)
    patch, own = luma[near.part], near.within(around)
    distance = opencv.matchTemplate(neighbour.original[around.part], patch, opencv.TM_SQDIFF)
    x, y = np.median(neighbour.flow[near.part].reshape(-1, 2), axis=0)
    row = int(np.clip(own.top + round(float(y)), 0, distance.shape[0] - 1))
    column = int(np.clip(own.left + round(float(x)), 0, distance.shape[1] - 1))
    return bool(distance.min() < _LIKE * distance[row, column])
