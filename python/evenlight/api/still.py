# SPDX-License-Identifier: Apache-2.0
"""One picture that stands for every frame."""

from __future__ import annotations

import numpy as np

from ..frames import Array, Frame
from .stream import Stream


class Still:
    """A clip of one frame, 0."""

    first = last = 0

    def __init__(self, array: Array) -> None:
        """A clip of an array (H, W) or (H, W, C), bool or of a frame's types."""
        if array.dtype == np.bool_:
            array = array.astype(np.uint8) * np.uint8(255)
        stream = Stream([array], "")
        self.shape = stream.shape
        self._frame = stream.frame(0)

    def frame(self, number: int) -> Frame | None:
        """The picture, or None beside it."""
        return self._frame if number == 0 else None
