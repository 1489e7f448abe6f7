# SPDX-License-Identifier: Apache-2.0
"""Messages between the plug-in and the worker; plugin/runtime/worker/message.h lists them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from evenlight.errors import Aborted, EvenlightError

from .end import End

#: Bytes of the longest message: what an analysis holds of very many frames.
LONGEST = 1 << 30


class NonsenseError(EvenlightError):
    """The plug-in's message cannot be read."""


class Operation(IntEnum):
    """Operation that a message asks for; see plugin/runtime/worker/message.h."""

    OPEN = 1
    PROCESS = 2
    CLOSE = 3
    REPLY = 4
    FRAMES_NEEDED = 5
    ANALYSE = 6
    SAVE_ANALYSIS = 7
    RUN_ERRAND = 8
    FETCH = 16
    COPY = 17
    ABORTED = 18
    ALLOCATE = 19
    FREE = 20
    DONE = 21
    PREPARE = 22


class Answer(IntEnum):
    """How it went."""

    OK = 0
    FAILED = 1
    MEMORY = 2
    ABORTED = 3
    ABSENT = 4


@dataclass(slots=True)
class MessageReader:
    """Takes the fields of a message one after the other."""

    message: bytes
    position: int = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        """The next fields, in `struct` letters; raises NonsenseError where they are not there."""
        try:
            fields = struct.unpack_from("=" + layout, self.message, self.position)
        except struct.error as error:
            raise NonsenseError("a message of the plug-in's is too short") from error
        self.position += struct.calcsize("=" + layout)
        return fields

    @property
    def at_end(self) -> bool:
        """Whether all fields have been taken."""
        return self.position == len(self.message)

    def answer(self) -> Answer:
        """The next field, an answer; raises what the plug-in reports."""
        (number,) = self.take("i")
        if number not in list(Answer):
            raise NonsenseError(f"the plug-in gave the answer {number}")
        answer = Answer(number)
        if answer == Answer.ABORTED:
            raise Aborted("the host no longer wants this frame")
        if answer == Answer.MEMORY:
            raise MemoryError(self.text())
        if answer == Answer.FAILED:
            raise EvenlightError("the host failed to give a frame")
        return answer

    def block(self) -> bytes:
        """The next field, a length and as many bytes."""
        (size,) = self.take("i")
        if not 0 <= size <= len(self.message) - self.position:
            raise NonsenseError("a message of the plug-in's is too short")
        start = self.position
        self.position += size
        return self.message[start : self.position]

    def text(self) -> str:
        """The next field, a text."""
        return self.block().decode(errors="replace")


def packed(content: str | bytes) -> bytes:
    """A text or bytes as a field."""
    encoded = content.encode() if isinstance(content, str) else content
    return struct.pack("=i", len(encoded)) + encoded


@dataclass(frozen=True, slots=True)
class Connection:
    """Messages over one end. A closed one means that the render is not wanted any more."""

    end: End

    def close(self) -> None:
        """Say nothing more: the plug-in sees that the channel is closed."""
        self.end.close()

    def send(self, operation: Operation, fields: bytes) -> None:
        """One message."""
        header = struct.pack("=II", len(fields) + 4, operation)
        try:
            self.end.send(header + fields)
        except OSError as error:
            raise Aborted("the plug-in closed the channel") from error

    def receive(self) -> tuple[Operation, MessageReader]:
        """The next message."""
        (size,) = struct.unpack("=I", self._bytes(4))
        if size > LONGEST:
            raise NonsenseError(f"the plug-in announces {size} bytes")
        reader = MessageReader(self._bytes(size))
        (operation,) = reader.take("I")
        if operation not in list(Operation):
            raise NonsenseError(f"the plug-in asks for the operation {operation}")
        return Operation(operation), reader

    def ask(self, operation: Operation, fields: bytes) -> MessageReader:
        """Send a question; the reply to it, from its answer on."""
        self.send(operation, fields)
        answered, reader = self.receive()
        if answered != Operation.REPLY:
            raise NonsenseError("the plug-in asks where it should answer")
        return reader

    def _bytes(self, size: int) -> bytes:
        parts = []
        while size > 0:
            try:
                part = self.end.receive(size)
            except OSError as error:
                raise Aborted("the plug-in closed the channel") from error
            if not part:
                raise Aborted("the plug-in closed the channel")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
