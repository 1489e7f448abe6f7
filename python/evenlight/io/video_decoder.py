# SPDX-License-Identifier: Apache-2.0
"""Decoding of a video from any packet on: each frame by the number of its packet, damage told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.logging

from ..errors import MediaError
from .video_index import (
    VideoIndex,
    coded,
    decoder_of,
    numbered,
    open_video,
    packet_of,
    packets_of,
    unreadable,
)
from .video_probe import picture_stream


class Decoded(NamedTuple):
    """A frame, and whether what was coded of it or of those it leans on is damaged."""

    packet: int
    frame: av.VideoFrame | None  # None where a decoder made nothing of it
    is_damaged: bool


class VideoDecoder:
    """Decodes one stream; opened once, started at many packets.

    Decoders conceal damage and go on: what they log as an error counts as damage as much as what
    they flag or refuse. Threads share the slices of a frame and not frames, for these would log out
    of turn.
    """

    def __init__(self, path: Path, index: VideoIndex) -> None:
        self._path, self._index = path, index
        self._open()
        self._damaged: set[int] = set()
        self._numbers = _by_identity(index)
        if av.logging.get_level() is None:
            av.logging.set_level(av.logging.PANIC)  # nothing is printed, and errors are counted

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()

    def from_packet(self, start: int) -> Iterator[Decoded]:
        """The frames from the packet on, in the order shown."""
        self._damaged.clear()
        for number, packet in self._packets(start):
            frames = self._decoded(number, packet, start)
            for frame in frames:
                shown = packet_of(frame)
                if frame.is_corrupt:
                    self._note(shown, start)
                yield Decoded(shown, frame, shown in self._damaged)
            if packet is not None and number in self._damaged and not frames:
                yield Decoded(number, None, True)

    def _open(self) -> None:
        self.container = open_video(self._path)
        self.stream = picture_stream(self.container)
        self._context = decoder_of(self.stream)
        self._context.thread_type = "SLICE"

    def _decoded(self, number: int, packet: Any, start: int) -> list[av.VideoFrame]:
        before = _errors()
        try:
            frames: list[av.VideoFrame] = self._context.decode(packet)
        except av.EOFError:
            return []
        except av.FFmpegError:
            self._note(number, start)
            return []
        count, name = _errors()
        if count > before[0] and name == self._context.codec.name:
            self._note(number, start)
        return frames

    def _note(self, packet: int, start: int) -> None:
        """Take the packet for damaged, and what may lean on it."""
        index = self._index
        if packet not in index.places and packet not in index.hidden:
            return  # no player shows it
        first = index.places.get(start)
        if start and first is not None and index.places.get(packet, first) < first:
            return  # it leans on what is before the start, and is not asked for
        self._damaged.update(self._index.group(packet))

    def _packets(self, start: int) -> Iterator[tuple[int, Any]]:
        """The packets from that number on, with their numbers."""
        try:
            yield from self._sought(start) or self._counted(start)
        except av.FFmpegError as error:
            raise MediaError(unreadable(self._path, error)) from error

    def _sought(self, start: int) -> Iterator[tuple[int, Any]] | None:
        """By the container's own seeking, held to the index; None where it leads elsewhere."""
        goal = self._index.packets[start]
        time = goal.decoded if goal.decoded is not None else goal.shown
        if start == 0 or time is None:
            return None
        context = self._context
        depth = context.reorder_depth
        try:
            self.container.seek(time, stream=self.stream, backward=True)
            context.flush_buffers()
            context.reorder_depth = max(depth, context.reorder_depth)
            packets = packets_of(self.container, self.stream)
            first = next(packets)
        except av.FFmpegError:
            return None
        number = None if first is None else self._numbers.get(coded(first))
        if number is None or number > start:
            return None
        return _from(start, numbered(chain([first], packets), number))

    def _counted(self, start: int) -> Iterator[tuple[int, Any]]:
        """From the first packet of the file, none of which is decoded before `start`."""
        self.container.close()
        self._open()
        return _from(start, numbered(packets_of(self.container, self.stream)))


def _from(start: int, packets: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    return ((number, packet) for number, packet in packets if number >= start)


def _by_identity(index: VideoIndex) -> dict[Any, int]:
    """Numbers of packets by what tells them apart, but for those that nothing tells apart."""
    numbers: dict[Any, int] = {}
    doubled = set()
    for number, packet in enumerate(index.packets):
        if packet in numbers:
            doubled.add(packet)
        numbers[packet] = number
    return {packet: number for packet, number in numbers.items() if packet not in doubled}


def _errors() -> tuple[int, str]:
    """How many errors were logged in this process, and by whom the last."""
    count, last = av.logging.get_last_error()
    return count, last[1] if last else ""
