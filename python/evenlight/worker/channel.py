# SPDX-License-Identifier: Apache-2.0
"""Serves what the plug-in asks on one channel."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from evenlight.bridge import answer, open_effect
from evenlight.effects import Effect
from evenlight.engine import Asked, Value, close_effect, process, reads
from evenlight.errors import Aborted

from .host_frames import HostFrames, Layout
from .segments import Segments
from .wire import Answer, Connection, Operation, Reader, packed


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
        try:
            while True:
                operation, reader, _ = self.connection.receive()
                if operation == Operation.OPEN:
                    self._answer(self._open, reader)
                elif operation == Operation.PROCESS:
                    self._answer(self._process, reader)
                elif operation == Operation.ASK:
                    self._answer(self._ask, reader)
                elif operation == Operation.CLOSE:
                    self.effects.close(*reader.take("q"))
        except Aborted:
            return

    def _answer(self, body: Callable[[Reader], tuple[str, int]], reader: Reader) -> None:
        answer, text, number = Answer.OK, "", -1
        try:
            text, number = body(reader)
        except Aborted:
            answer = Answer.ABORTED
        except MemoryError:
            answer, text = Answer.MEMORY, "out of memory"
        except Exception as error:
            answer, text = Answer.FAILED, str(error)
        self.connection.send(
            Operation.DONE, struct.pack("=i", answer) + packed(text) + struct.pack("=i", number)
        )

    def _open(self, reader: Reader) -> tuple[str, int]:
        (number,) = reader.take("q")
        self.effects.get(number, reader.text())
        return "", -1

    def _process(self, reader: Reader) -> tuple[str, int]:
        (number,) = reader.take("q")
        effect = self.effects.get(number, reader.text())
        layout = Layout.take(reader)
        asked, alone = take_request(reader)
        segment, rows = self.segments.take(layout.shape, layout.dtype)
        try:
            notice = process(
                effect,
                self._frames(asked, reads(effect, **asked)[:2], copies_ahead=True),
                layout.downwards(rows),
                **asked,
                alone=alone,
            )
        finally:
            self.segments.trim()
        return notice, segment.number

    def _ask(self, reader: Reader) -> tuple[str, int]:
        (number,) = reader.take("q")
        effect = self.effects.get(number, reader.text())
        (question,) = reader.take("i")
        asked, _ = take_request(reader)
        try:
            frames = self._frames(asked, (asked["before"], asked["after"]), copies_ahead=False)
            return answer(question, effect, frames, **asked), -1
        finally:
            self.segments.trim()

    def _frames(self, asked: Asked, span: tuple[int, int], *, copies_ahead: bool) -> HostFrames:
        return HostFrames(self.connection, self.segments, asked["time"], *span, copies_ahead)


def open_channel(descriptor: int, effects: Effects) -> Channel:
    """A channel over the socket that the plug-in handed over."""
    connection = Connection(socket.socket(fileno=descriptor))
    return Channel(connection, Segments(connection), effects)


def take_request(reader: Reader) -> tuple[Asked, bool]:
    """The request about a frame, and whether the host has no other frame."""
    time, before, after, row, column, alone = reader.take("diiiii")
    encoding = reader.text()
    (count,) = reader.take("i")
    values = dict(take_value(reader) for _ in range(count))
    asked = Asked(
        time=time,
        before=before,
        after=after,
        origin=(row, column),
        encoding=encoding,
        values=values,
    )
    return asked, bool(alone)


def take_value(reader: Reader) -> tuple[str, Value]:
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
