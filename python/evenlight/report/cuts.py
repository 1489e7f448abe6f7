# SPDX-License-Identifier: Apache-2.0
"""Cuts of a clip, as its thumbnails show them."""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import Array

#: Correlation of neighbouring thumbnails below which a new shot begins.
_ALIKE = 0.5
_SIZE = 32, 18


class Cuts:
    """Numbers of the frames that begin a shot, found while frames pass."""

    def __init__(self) -> None:
        """No frame was seen."""
        self.found: list[int] = []
        self._last: Array | None = None

    def see(self, number: int, picture: Array) -> None:
        """Look at the next frame (H, W, 3) uint8; flicker, a gain, does not count."""
        small = cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        centred = small.mean(2) - small.mean()
        spread = float(np.sqrt((centred**2).sum()))
        thumbnail = centred / spread if spread > 0 else centred
        if self._last is not None and float((thumbnail * self._last).sum()) < _ALIKE:
            self.found.append(number)
        self._last = thumbnail
