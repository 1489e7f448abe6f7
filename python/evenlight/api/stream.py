# SPDX-License-Identifier: Apache-2.0
"""Frames of an iterable, held for as long as a window reaches back to them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..errors import FrameError
from ..frames import DEPTHS, Array, ArrayFrame, Frame


class Stream:
    """The frames of an iterable by number, taken from it when they are asked for.

    All are of the first one's shape and type. Frames that `forget` has passed are gone.
    """

    def __init__(self, frames: Iterable[Array], encoding: str) -> None:
        """Frames numbered from 0; the first is taken at once, and raises FrameError if it is amiss.

        An array's frames stay where they are; what an iterator yields is copied, for it may fill
        the same memory again.
        """
        self.encoding = encoding
        self._copied = not isinstance(frames, np.ndarray)
        self._frames = iter(frames)
        self._held: dict[int, Frame] = {}
        self._taken = 0
        self._ended = False
        self.shape: tuple[int, int, int] = (0, 0, 0)
        self.dtype: np.dtype[np.generic] = DEPTHS[0]
        self._is_flat = False
        self._take()

    def frame(self, number: int) -> Frame | None:
        """The frame, or None where the iterable has none; raises FrameError for an odd one."""
        while not self._ended and self._taken <= number:
            self._take()
        return self._held.get(number)

    def forget(self, number: int) -> None:
        """Let go of the frames before `number`."""
        for past in [held for held in self._held if held < number]:
            del self._held[past]

    def given_back(self, pixels: Array) -> Array:
        """Pixels (H, W, C) of the shape in which frames came, which may be (H, W)."""
        return pixels[..., 0] if self._is_flat else pixels

    def _take(self) -> None:
        try:
            given = next(self._frames)
        except StopIteration:
            self._ended = True
            return
        array = self._checked(np.array(given) if self._copied else np.asarray(given))
        self._held[self._taken] = ArrayFrame(array)
        self._taken += 1

    def _checked(self, array: Array) -> Array:
        """The frame as (H, W, C), read-only."""
        where = f"frame {self._taken}"
        flat = array.ndim == 2
        if flat:
            array = array[..., None]
        if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
            raise FrameError(
                f"{where} has the shape {array.shape}; a frame is (height, width) or (height, "
                "width, channels) with 1, 3 or 4 channels"
            )
        if array.dtype not in DEPTHS:
            known = ", ".join(str(depth) for depth in DEPTHS)
            raise FrameError(f"{where} is of {array.dtype}; frames are of {known}")
        height, width, channels = array.shape
        if self._taken == 0:
            self.shape, self.dtype, self._is_flat = (height, width, channels), array.dtype, flat
        elif (array.shape, array.dtype, flat) != (self.shape, self.dtype, self._is_flat):
            raise FrameError(
                f"{where} is {array.shape} of {array.dtype}, and the first is {self.shape} of "
                f"{self.dtype}; all must be alike"
            )
        array = array.view()
        array.flags.writeable = False
        return array
