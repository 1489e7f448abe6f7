# SPDX-License-Identifier: Apache-2.0
"""Drawing over a picture: a transparent sheet of its size, with lines, boxes and words."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import opencv

#: Red, green, blue, each 0..255.
Ink = tuple[int, int, int]

WHITE: Ink = (255, 255, 255)
GREY: Ink = (150, 150, 150)
BLACK: Ink = (0, 0, 0)

_FONT = opencv.FONT_HERSHEY_SIMPLEX
#: Rows of a frame on which words are one unit tall, and the least height that can be read.
_UNIT_ROWS, _LEAST_WORD = 540, 9
_SHIFT = 4  # bits of fraction that OpenCV takes in coordinates


class Canvas:
    """A sheet of (height, width); coordinates are x, y in pixels from the top left corner."""

    def __init__(self, height: int, width: int) -> None:
        """A sheet with nothing on it; words are sized to be read at its size."""
        self.height, self.width = height, width
        self._sheet = np.zeros((height, width, 4), np.uint8)  # colour times alpha, alpha
        size = min(height, width * 9 / 16) / _UNIT_ROWS
        self.thickness = max(1, round(size * 1.5))
        self._font_scale = max(size * 0.55, 0.38)
        self.line_height = (
            opencv.getTextSize("Mg", _FONT, self._font_scale, self.thickness)[0][1] * 2
        )

    def over(self, picture: Array, origin: tuple[int, int] = (0, 0)) -> Array:
        """`picture` (h, w, 3), which lies at row and column `origin`, with the sheet on it."""
        height, width = picture.shape[:2]
        part = self._sheet[origin[0] : origin[0] + height, origin[1] : origin[1] + width]
        drawn = part.astype(np.float32) * np.float32(1 / 255)
        result: Array = drawn[..., :3] + (1 - drawn[..., 3:]) * picture
        return result

    def box(
        self, left: float, top: float, right: float, bottom: float, ink: Ink, alpha: float = 1.0
    ) -> None:
        """Fill a rectangle, at least one pixel of it, in place of what was there."""
        rows = slice(_inside(top, self.height), max(_inside(top, self.height) + 1, round(bottom)))
        columns = slice(_inside(left, self.width), max(_inside(left, self.width) + 1, round(right)))
        self._sheet[rows, columns] = [round(part * alpha) for part in (*ink, 255)]

    def line(self, points: Array, ink: Ink, weight: float = 1.0) -> None:
        """A smooth line through `points` (n, 2)."""
        places = np.round(np.asarray(points, np.float64) * (1 << _SHIFT)).astype(np.int32)
        thickness = max(1, round(self.thickness * weight))
        opencv.polylines(
            self._sheet, [places[:, None]], False, (*ink, 255), thickness, opencv.LINE_AA, _SHIFT
        )

    def words(self, text: str, x: float, y: float, ink: Ink = WHITE, align: float = 0.0) -> None:
        """Write around height `y` where there is room; `align` 0 begins at `x`, 1 ends there."""
        (width, height), _ = opencv.getTextSize(text, _FONT, self._font_scale, self.thickness)
        if width > self.width or self.height < 4 * _LEAST_WORD:
            return
        left = min(max(x - align * width, 0), self.width - width)
        base = min(max(y + height / 2, height), self.height - 1)
        for colour, shift in ((BLACK, 1), (ink, 0)):  # a shadow first
            # On a sheet of its own: with four channels OpenCV 5 spoils the alpha under words.
            cover = np.zeros((self.height, self.width), np.uint8)
            place = (round(left) + shift, round(base) + shift)
            opencv.putText(
                cover, text, place, _FONT, self._font_scale, 255, self.thickness, opencv.LINE_AA
            )
            rows, columns = np.nonzero(cover)
            share = cover[rows, columns, None] / 255
            below = self._sheet[rows, columns]
            self._sheet[rows, columns] = np.round(below + share * ((*colour, 255) - below))


def _inside(place: float, size: int) -> int:
    return min(max(round(place), 0), size - 1)
