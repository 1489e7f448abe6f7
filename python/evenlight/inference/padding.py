# SPDX-License-Identifier: Apache-2.0
"""Padding of pictures to the sides that a network takes."""

from __future__ import annotations

import numpy as np

from ..frames import Array


def padded(picture: Array, multiple: int, *, edge: bool = False) -> Array:
    """A batch (1, c, h', w') of one picture (c, h, w), its sides multiples of `multiple`.

    Rows and columns are added below and to the right: 0, which says nothing, or the edge repeated.
    """
    rows, columns = picture.shape[1:]
    around = ((0, 0), (0, -rows % multiple), (0, -columns % multiple))
    return (np.pad(picture, around, mode="edge") if edge else np.pad(picture, around))[None]
