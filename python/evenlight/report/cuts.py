# SPDX-License-Identifier: Apache-2.0
"""Cuts of a clip, as its thumbnails show them.

The effects have a test of their own, by scene points that motion leads to; it costs more than a
report may, and sees cuts that matter to them.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import THUMBNAIL, Array

#: Correlation of neighbouring thumbnails below which a new shot begins.
_ALIKE = 0.5


class Cuts:
    """Numbers of the frames that begin a shot, found while frames pass."""

    def __init__(self) -> None:
        """No frame was seen."""
        self.found: list[int] = []
        self._last: Array | None = None

    def see(self, number: int, small: Array) -> None:
        """Look at the next frame's thumbnail (18, 32); flicker, a gain, does not count."""
        small = small.astype(np.float32)
        centred = small - small.mean()
        spread = float(np.sqrt((centred**2).sum()))
        thumbnail = centred / spread if spread > 0 else centred
        if self._last is not None and float((thumbnail * self._last).sum()) < _ALIKE:
            self.found.append(number)
        self._last = thumbnail


def small_of(picture: Array) -> Array:
    """The thumbnail (18, 32) float32 of a frame (H, W, 3) uint8."""
    small = cv2.resize(picture, THUMBNAIL[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small.astype(np.float32).mean(2))
