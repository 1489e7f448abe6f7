# SPDX-License-Identifier: Apache-2.0
"""Boxes: rectangles of whole pixels in a picture."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """Rows top .. bottom and columns left .. right of a picture; the last are outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width; not above 0 where nothing lies inside."""
        return self.bottom - self.top, self.right - self.left

    @property
    def part(self) -> tuple[slice, slice]:
        """The box as an index."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, by: int, shape: tuple[int, ...]) -> Box:
        """The box with a margin, inside a picture of `shape`."""
        return Box(
            max(self.top - by, 0),
            max(self.left - by, 0),
            min(self.bottom + by, shape[0]),
            min(self.right + by, shape[1]),
        )

    def scaled(self, scale: tuple[float, float], shape: tuple[int, ...]) -> Box:
        """The box in a picture of `shape` that is `scale` times as high and as wide."""
        return Box(
            round(self.top * scale[0]),
            round(self.left * scale[1]),
            min(round(self.bottom * scale[0]), shape[0]),
            min(round(self.right * scale[1]), shape[1]),
        )

    def shared(self, other: Box) -> Box:
        """The part of the picture that lies in both."""
        return Box(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def within(self, outer: Box) -> Box:
        """The box in the picture that `outer` cuts out."""
        return Box(
            self.top - outer.top,
            self.left - outer.left,
            self.bottom - outer.top,
            self.right - outer.left,
        )
