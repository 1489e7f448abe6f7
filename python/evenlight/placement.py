# SPDX-License-Identifier: Apache-2.0
"""Neighbours of other bounds than the frame's, seen through the frame's rectangle.

A stabilised or cropped plate moves in the plane from frame to frame. What the rectangles share is
compared; beyond its own bounds a neighbour is unknown: its edge is continued there, so that nothing
around is disturbed, and nothing there counts as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .frames import Array, Frame, every_row

#: Share of the frame's pixels that a neighbour must hold.
LEAST_SHARED = 0.5

#: Rows and columns of a picture.
Part = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A frame seen through another rectangle of the plane."""

    frame: Frame
    shape: tuple[int, int, int]  # of the rectangle; the channels are the frame's
    corner: tuple[int, int]

    @property
    def identifier(self) -> str:
        """The frame's with the rectangle, for pixels depend on both."""
        height, width, _ = self.shape
        name = self.frame.identifier
        return f"{name} in {width}x{height} at {self._across} {self._down}" if name else ""

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return self.frame.premultiplied

    @property
    def known(self) -> Part:
        """The part of the rectangle that the frame holds."""
        return (
            _shared(self._down, self.shape[0], self.frame.shape[0]),
            _shared(self._across, self.shape[1], self.frame.shape[1]),
        )

    def pixels(self) -> Array:
        """The whole rectangle."""
        rows = np.clip(np.arange(self.shape[0]) + self._down, 0, self.frame.shape[0] - 1)
        return self._within(self.frame.pixels()[rows])

    def rows(self, step: int) -> Array:
        """Every `step`-th row, of the rows that the frame gives the nearest ones."""
        height = self.shape[0]
        wanted = np.arange(height)[every_row(height, step)] + self._down
        given = self.frame.rows(step)
        return self._within(given[np.clip(wanted // step, 0, len(given) - 1)])

    @property
    def _down(self) -> int:
        """Row of the frame at the rectangle's first."""
        return self.frame.corner[1] - self.corner[1]

    @property
    def _across(self) -> int:
        """Column of the frame at the rectangle's first."""
        return self.corner[0] - self.frame.corner[0]

    def _within(self, rows: Array) -> Array:
        columns = np.clip(np.arange(self.shape[1]) + self._across, 0, self.frame.shape[1] - 1)
        placed = rows[:, columns]
        placed.flags.writeable = False
        return placed


@dataclass(slots=True)
class Neighbours:
    """Places the neighbours of one frame, and counts those that cannot be."""

    centre: Frame
    _left_out: set[float] = field(default_factory=set)

    def place(self, frame: Frame | None, time: float) -> Frame | None:
        """The frame at `time` in the rectangle of the centre; None where it holds too little of it.

        It does, too, where it has other channels.
        """
        if frame is None:
            return None
        shape, corner = self.centre.shape, self.centre.corner
        if frame.shape == shape and frame.corner == corner:
            return frame
        placed = PlacedFrame(frame, shape, corner)
        rows, columns = placed.known
        shared = (rows.stop - rows.start) * (columns.stop - columns.start)
        if frame.shape[2] == shape[2] and shared >= LEAST_SHARED * shape[0] * shape[1]:
            return placed
        self._left_out.add(time)
        return None

    @property
    def notice(self) -> str:
        """Sentence on the neighbours that were left out, or nothing."""
        if not self._left_out:
            return ""
        return (
            f"{len(self._left_out)} neighbours hold less than half of this frame's picture, or "
            "other channels, and were left out"
        )


def known_part(frame: Frame) -> Part | None:
    """The part of a frame that is known; None where all of it is."""
    if not isinstance(frame, PlacedFrame):
        return None
    rows, columns = frame.known
    height, width, _ = frame.shape
    whole = rows == slice(0, height) and columns == slice(0, width)
    return None if whole else (rows, columns)


def known_cells(frame: Frame, shape: tuple[int, int], region: Part | None = None) -> Array | None:
    """Cells (h, w) bool whose pixels are all known, of a grid of `shape` over a region of a frame.

    None where all are.
    """
    part = known_part(frame)
    if part is None:
        return None
    whole = slice(0, frame.shape[0]), slice(0, frame.shape[1])
    down, across = (
        _held(known, over, count)
        for known, over, count in zip(part, region or whole, shape, strict=True)
    )
    return np.asarray(down[:, None] & across)


def _shared(start: int, size: int, held: int) -> slice:
    """Of `size` places from `start` on those among 0 .. `held`, counted from the first place."""
    first = min(max(-start, 0), size)
    return slice(first, max(first, min(held - start, size)))


def _held(known: slice, over: slice, count: int) -> Array:
    """Which of `count` cells over a span lie in `known` (cells,), as cells are averaged."""
    size = over.stop - over.start
    starts = np.arange(count) * size // count
    stops = np.maximum(starts + 1, np.arange(1, count + 1) * size // count)
    return np.asarray((over.start + starts >= known.start) & (over.start + stops <= known.stop))
