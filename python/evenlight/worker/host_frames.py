# SPDX-License-Identifier: Apache-2.0
"""The host's frames, seen from the worker."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenlight.frames import DEPTHS, Array, Frame

from .segments import Segments
from .wire import Answer, Connection, Operation, Reader


@dataclass(frozen=True, slots=True)
class Layout:
    """Size and type of an image in the host, and whether its rows lie upwards in memory."""

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    upwards: bool

    @classmethod
    def take(cls, reader: Reader) -> Layout:
        """The next fields of a message."""
        height, width, channels, depth, upwards = reader.take("iiiii")
        return cls((height, width, channels), DEPTHS[depth], bool(upwards))

    def downwards(self, rows: Array) -> Array:
        """Rows as they lie in memory, seen with the top row first."""
        return rows[::-1] if self.upwards else rows


@dataclass(frozen=True, slots=True)
class HostFrame:
    """An image of the host's; pixels are copied into shared memory when they are asked for."""

    server: HostFrames
    number: int
    layout: Layout
    premultiplied: bool
    identifier: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.layout.shape

    def pixels(self) -> Array:
        """The whole image, read-only."""
        return self.layout.downwards(self._copy(1, self.shape[0]))

    def rows(self, step: int) -> Array:
        """Every `step`-th row, at least one, read-only."""
        if step == 1:
            return self.pixels()
        return self._copy(step, max(1, len(range(step // 2, self.shape[0], step))))

    def _copy(self, step: int, height: int) -> Array:
        segment, rows = self.server.segments.take((height, *self.shape[1:]), self.layout.dtype)
        question = struct.pack("=iii", self.number, step, segment.number)
        self.server.connection.ask(Operation.COPY, question)
        rows.flags.writeable = False
        return rows


@dataclass(frozen=True, slots=True)
class HostFrames:
    """`bridge.FrameServer` over a channel."""

    connection: Connection
    segments: Segments

    def fetch(self, clip: int, time: float) -> Frame | None:
        """The clip's image at `time`, or None where it has none."""
        question = struct.pack("=id", clip, time)
        answer, reader, _ = self.connection.ask(Operation.FETCH, question)
        if answer == Answer.ABSENT:
            return None
        (number,) = reader.take("i")
        layout = Layout.take(reader)
        (premultiplied,) = reader.take("i")
        return HostFrame(self, number, layout, bool(premultiplied), reader.text())

    def aborted(self) -> bool:
        """Whether the host no longer wants this frame."""
        _, reader, _ = self.connection.ask(Operation.ABORTED, b"")
        (yes,) = reader.take("i")
        return bool(yes)
