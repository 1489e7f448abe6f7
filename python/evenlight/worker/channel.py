# SPDX-License-Identifier: Apache-2.0
"""Serves what the plug-in asks on one channel."""

from __future__ import annotations

import logging
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from evenlight.bridge import (
    Fields,
    Request,
    analyse,
    close_effect,
    frames_needed,
    open_effect,
    process,
    run_errand,
    save_analysis,
)
from evenlight.effects import Effect
from evenlight.engine import Value
from evenlight.errors import Aborted

from .channel_frames import ChannelFrames, Layout
from .end import open_end
from .segments import Segments
from .wire import Answer, Connection, MessageReader, NonsenseError, Operation, packed

#: What a frame that is too large for this machine is told with.
NO_MEMORY = (
    "there is not enough memory for this frame; close other programs, or work at a lower resolution"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Effects:
    """The open effects by the plug-in's numbers, shared by all channels."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: dict[int, Effect] = field(default_factory=dict)

    def get(self, number: int, identifier: str) -> Effect:
        """The effect; opened here where a worker before this one held it."""
        with self._lock:
            if number not in self._open:
                self._open[number] = open_effect(identifier)
            return self._open[number]

    def close(self, number: int) -> None:
        """Let go of it."""
        with self._lock:
            effect = self._open.pop(number, None)
        if effect is not None:
            close_effect(effect)


@dataclass(frozen=True, slots=True)
class Channel:
    """Serves one render thread of the host."""

    connection: Connection
    segments: Segments
    effects: Effects

    def serve(self) -> None:
        """Until the plug-in closes it."""
        bodies: dict[Operation, Callable[[MessageReader], bytes]] = {
            Operation.OPEN: self._open,
            Operation.PROCESS: self._process,
            Operation.FRAMES_NEEDED: self._frames_needed,
            Operation.ANALYSE: self._analyse,
            Operation.SAVE_ANALYSIS: self._save_analysis,
            Operation.RUN_ERRAND: self._run_errand,
        }
        try:
            while True:
                operation, reader = self.connection.receive()
                if operation == Operation.CLOSE:
                    self.effects.close(*reader.take("q"))
                elif operation in bodies:
                    self._answer(bodies[operation], reader)
                else:
                    raise NonsenseError(f"the plug-in asks for {operation.name} of itself")
        except Aborted:
            return
        except NonsenseError as error:
            log.warning("a channel was closed: %s", error)
        finally:
            self.connection.close()

    def _answer(self, body: Callable[[MessageReader], bytes], reader: MessageReader) -> None:
        """Send what `body` answers with, or what it raises."""
        answer, fields = Answer.OK, b""
        try:
            fields = body(reader)
        except Aborted:
            answer, fields = Answer.ABORTED, packed("")
        except MemoryError as error:
            answer, fields = Answer.MEMORY, packed(str(error) or NO_MEMORY)
        except NonsenseError:
            raise
        except Exception as error:
            answer, fields = Answer.FAILED, packed(str(error))
        self.connection.send(Operation.DONE, struct.pack("=i", answer) + fields)

    def _open(self, reader: MessageReader) -> bytes:
        self._effect(reader)
        return packed("")

    def _process(self, reader: MessageReader) -> bytes:
        effect, layout = self._effect(reader), Layout.take(reader)
        request = take_request(reader)
        segment, rows = self.segments.take(layout.shape, layout.dtype)
        try:
            needed = frames_needed(effect, request)
            frames = self._frames(request.time, needed.before, needed.after, copies_ahead=True)
            notice = process(effect, frames, layout.downwards(rows), request)
        finally:
            self.segments.trim()
        return packed(notice) + struct.pack("=i", segment.number)

    def _frames_needed(self, reader: MessageReader) -> bytes:
        needed = frames_needed(self._effect(reader), take_request(reader))
        return packed(needed.reason) + struct.pack("=ii", needed.before, needed.after)

    def _analyse(self, reader: MessageReader) -> bytes:
        effect, request = self._effect(reader), take_request(reader)
        frames = self._frames(request.time, request.before, request.after, copies_ahead=False)
        try:
            return packed(analyse(effect, frames, request))
        finally:
            self.segments.trim()

    def _run_errand(self, reader: MessageReader) -> bytes:
        effect = self._effect(reader)
        (errand,) = reader.take("i")
        file = reader.text()
        request = take_request(reader)
        frames = self._frames(request.time, request.before, request.after, copies_ahead=False)
        try:
            return packed(run_errand(effect, frames, request, errand, file))
        finally:
            self.segments.trim()

    def _save_analysis(self, reader: MessageReader) -> bytes:
        effect, path = self._effect(reader), reader.text()
        (count,) = reader.take("i")
        saved = save_analysis(effect, path, [reader.block() for _ in range(count)])
        return packed(saved.digest) + struct.pack("=i", saved.frames)

    def _effect(self, reader: MessageReader) -> Effect:
        (number,) = reader.take("q")
        return self.effects.get(number, reader.text())

    def _frames(self, time: float, before: int, after: int, *, copies_ahead: bool) -> ChannelFrames:
        return ChannelFrames(self.connection, self.segments, time, before, after, copies_ahead)


def open_channel(descriptor: int, effects: Effects) -> Channel:
    """A channel over the end that the plug-in handed over."""
    connection = Connection(open_end(descriptor))
    return Channel(connection, Segments(connection), effects)


def take_request(reader: MessageReader) -> Request:
    """Request about a frame, from the next fields."""
    time, before, after, row, column, alone = reader.take("diiiii")
    encoding = reader.text()
    (count,) = reader.take("i")
    values = dict(take_value(reader) for _ in range(count))
    walk, fields = reader.take("qi")
    return Request(
        time, before, after, (row, column), encoding, values, bool(alone), walk, Fields(fields)
    )


def take_value(reader: MessageReader) -> tuple[str, Value]:
    """A parameter's name and value."""
    name = reader.text()
    (kind,) = reader.take("c")
    if kind == b"t":
        return name, reader.text()
    if kind == b"s":
        (count,) = reader.take("i")
        return name, list(reader.take(f"{count}d"))
    (number,) = reader.take("d" if kind == b"d" else "i")
    return name, bool(number) if kind == b"b" else number
