# SPDX-License-Identifier: Apache-2.0
"""The host's frames, seen from the worker."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np

from evenlight.engine import Clip
from evenlight.frames import DEPTHS, Array, Frame

from .segments import Segment, Segments
from .wire import Answer, Connection, MessageReader, Operation

#: Frames that a question asks for when a walk begins, and at most.
FIRST_RUN, LONGEST_RUN = 4, 32
#: Asking whether the host aborts is worth its while this long after the last answer.
GLANCE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Layout:
    """Size and type of an image in the host, and whether its rows lie upwards in memory."""

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    upwards: bool

    @classmethod
    def take(cls, reader: MessageReader) -> Layout:
        """The next fields of a message."""
        height, width, channels, depth, upwards = reader.take("iiiii")
        return cls((height, width, channels), DEPTHS[depth], bool(upwards))

    def downwards(self, rows: Array) -> Array:
        """Rows as they lie in memory, seen with the top row first."""
        return rows[::-1] if self.upwards else rows


@dataclass(slots=True)
class HostFrame:
    """An image of the host's; pixels are copied into shared memory when they are asked for."""

    connection: Connection
    segments: Segments
    number: int
    layout: Layout
    corner: tuple[int, int]
    premultiplied: bool
    identifier: str
    prepared: tuple[Segment, Array] | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.layout.shape

    def pixels(self) -> Array:
        """The whole image, read-only."""
        return self.layout.downwards(self._copy(1, self.prepared or self._take(self.shape[0])))

    def rows(self, step: int) -> Array:
        """Every `step`-th row, at least one, read-only."""
        if step == 1:
            return self.pixels()
        return self._copy(step, self._take(max(1, len(range(step // 2, self.shape[0], step)))))

    def prepare(self) -> None:
        """Have the plug-in copy the image while this process thinks: it will be asked for."""
        self.prepared = self._take(self.shape[0])
        fields = struct.pack("=ii", self.number, self.prepared[0].number)
        self.connection.send(Operation.PREPARE, fields)

    def _take(self, height: int) -> tuple[Segment, Array]:
        return self.segments.take((height, *self.shape[1:]), self.layout.dtype)

    def _copy(self, step: int, to: tuple[Segment, Array]) -> Array:
        segment, rows = to
        question = struct.pack("=iii", self.number, step, segment.number)
        reader = self.connection.ask(Operation.COPY, question)
        reader.answer()
        rows.flags.writeable = False
        return rows


@dataclass(slots=True)
class ChannelFrames:
    """`engine.FrameServer` over a channel. Effects walk through their window, so a question costs
    less where it asks for the next frames too."""

    connection: Connection
    segments: Segments
    time: float
    before: int
    after: int
    #: Whether the current frame's pixels are sure to be asked for, all of them.
    copies_ahead: bool = True
    known: dict[tuple[int, float], HostFrame | None] = field(default_factory=dict)
    last: tuple[int, float] = (-1, 0.0)
    run: int = 1
    asked: float = 0.0  # when the plug-in last looked whether the host aborts

    def fetch(self, clip: int, time: float) -> Frame | None:
        """The clip's image at `time`, or None where it has none."""
        if (clip, time) not in self.known:
            self._ask(clip, time)
        self.last = (clip, time)
        return self.known[clip, time]

    def aborted(self) -> bool:
        """Whether the host no longer wants this frame."""
        if monotonic() - self.asked < GLANCE_SECONDS:
            return False
        reader = self._question(Operation.ABORTED, b"")
        reader.answer()
        (yes,) = reader.take("i")
        return bool(yes)

    def _ask(self, clip: int, time: float) -> None:
        distance = time - self.last[1]
        walks = clip == self.last[0] and abs(distance) == 1
        if walks:
            self.run = min(max(2 * self.run, FIRST_RUN), LONGEST_RUN)
        else:
            self.run = 1
        left = self.time + self.after - time if distance > 0 else time - self.time + self.before
        count = max(1, min(self.run, 1 + int(left)))
        question = struct.pack("=iddi", clip, time, distance, count)
        reader = self._question(Operation.FETCH, question)
        for i in range(count):
            if reader.at_end:
                break
            present = reader.answer() is not Answer.ABSENT
            self.known[clip, time + i * distance] = self._frame(reader) if present else None
        if self.copies_ahead and clip == Clip.SOURCE and time == self.time:
            current = self.known[clip, time]
            if current is not None:
                current.prepare()

    def _question(self, operation: Operation, fields: bytes) -> MessageReader:
        reader = self.connection.ask(operation, fields)
        self.asked = monotonic()
        return reader

    def _frame(self, reader: MessageReader) -> HostFrame:
        (number,) = reader.take("i")
        layout = Layout.take(reader)
        left, top, premultiplied = reader.take("iii")
        return HostFrame(
            self.connection,
            self.segments,
            number,
            layout,
            (left, top),
            bool(premultiplied),
            reader.text(),
        )
