# SPDX-License-Identifier: Apache-2.0
"""Fields of interlaced frames, each a frame of half the height at a time of its own.

The first field of frame t has the time 2t, the second 2t + 1. As OpenFX has it, the upper field
holds the odd lines counted from the bottom: where the height is even, the top line is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from .frames import Array, Frame, every_row

#: Gives a clip's frame at a time, or None where it has none.
Fetch = Callable[[int, float], Frame | None]


class Fields(IntEnum):
    """Order of the fields of a clip's frames in time; NONE for frames of one time."""

    NONE = 0
    UPPER_FIRST = 1
    LOWER_FIRST = 2

    def is_upper(self, second: int) -> bool:
        """Whether the first (0) or the second (1) field is the upper one."""
        return (self is Fields.UPPER_FIRST) == (second == 0)


class FieldChoice(StrEnum):
    """Choice of the order of fields; AUTO takes that of the file."""

    AUTO = "auto"
    OFF = "off"
    UPPER_FIRST = "upper first"
    LOWER_FIRST = "lower first"

    def order(self, of_file: Fields) -> Fields:
        """The order that is meant, for a file of this one."""
        if self is FieldChoice.AUTO:
            return of_file
        return Fields.NONE if self is FieldChoice.OFF else Fields[self.name]


@dataclass(frozen=True, slots=True)
class FieldFrame:
    """Every other line of a frame, as a frame."""

    frame: Frame
    upper: bool

    @property
    def first(self) -> int:
        """Row of the frame, 0 on top, that is the field's first."""
        return (self.frame.corner[1] + (not self.upper)) % 2

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height of the field, width, channels."""
        height, width, channels = self.frame.shape
        return (height - self.first + 1) // 2, width, channels

    @property
    def identifier(self) -> str:
        """The frame's, with the field."""
        name = self.frame.identifier
        return f"{name} {'upper' if self.upper else 'lower'} field" if name else ""

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return self.frame.premultiplied

    @property
    def corner(self) -> tuple[int, int]:
        """Place in the plane, whose lines are those of the field alone."""
        x, y = self.frame.corner
        return x, (y + (not self.upper)) // 2

    def pixels(self) -> Array:
        """The field's lines."""
        return self.frame.pixels()[self.first :: 2]

    def rows(self, step: int) -> Array:
        """Every `step`-th of them, at least one."""
        return self.pixels()[every_row(self.shape[0], step)]

    def part(self, out: Array, origin: tuple[int, int]) -> tuple[Array, tuple[int, int]]:
        """The field's lines of `out`, a window of the frame at `origin`, and their origin in it."""
        row, column = origin
        skipped = (self.first - row) % 2
        return out[skipped::2], ((row + skipped - self.first) // 2, column)


@dataclass(slots=True)
class FieldServer:
    """The fields of a clip by their times, around the frame at `time`; each of it is fetched once.

    Where the host gives no frame there is no field.
    """

    fetch_frame: Fetch
    aborted: Callable[[], bool]
    order: Fields
    time: float
    _current: dict[int, Frame | None] = field(default_factory=dict)

    def fetch(self, clip: int, time: float) -> Frame | None:
        """The field of a clip at a field's time, or None."""
        return self.field(clip, time)

    def field(self, clip: int, time: float) -> FieldFrame | None:
        """The same, as what it is."""
        offset, second = divmod(round(time - 2 * self.time), 2)
        frame = self._frame(clip, offset)
        return None if frame is None else FieldFrame(frame, self.order.is_upper(second))

    def _frame(self, clip: int, offset: int) -> Frame | None:
        if offset != 0:
            return self.fetch_frame(clip, self.time + offset)
        if clip not in self._current:
            self._current[clip] = self.fetch_frame(clip, self.time)
        return self._current[clip]
