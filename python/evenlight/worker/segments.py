# SPDX-License-Identifier: Apache-2.0
"""Pieces of shared memory, used again and again."""

from __future__ import annotations

import mmap
import struct
import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenlight.frames import Array

from .end import map_memory
from .wire import Connection, Operation

#: Pieces that a channel keeps from one render to the next.
KEPT = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """Memory that the plug-in maps too."""

    number: int
    memory: memoryview  # of bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.memory)


@dataclass(slots=True)
class Segments:
    """The channel's shared memory: taken as arrays, and free again when an array is let go."""

    connection: Connection
    free: list[Segment] = field(default_factory=list)  # the most recently used last

    def take(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> tuple[Segment, Array]:
        """An array whose memory is used for nothing else while a view of it lives."""
        size = int(np.prod(shape)) * dtype.itemsize
        fitting = [s for s in self.free if size <= s.size <= 2 * size + mmap.PAGESIZE]
        segment = min(fitting, key=lambda s: s.size) if fitting else self._allocate(size)
        if fitting:
            self.free.remove(segment)
        flat = np.frombuffer(segment.memory, dtype, size // dtype.itemsize)
        weakref.finalize(flat, self.free.append, segment).atexit = False
        return segment, flat.reshape(shape)

    def trim(self) -> None:
        """Between renders: give back what the next one is not likely to need."""
        surplus = self.free[:-KEPT]
        del self.free[: len(surplus)]  # in place: arrays that live return to this very list
        for segment in surplus:
            self.connection.send(Operation.FREE, struct.pack("=i", segment.number))

    def _allocate(self, size: int) -> Segment:
        reader = self.connection.ask(Operation.ALLOCATE, struct.pack("=Q", size))
        reader.answer()
        descriptor = self.connection.end.take_descriptor()
        (number,) = reader.take("i")
        return Segment(number, map_memory(descriptor, size))
