# SPDX-License-Identifier: Apache-2.0
"""A video file as a clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av

from ..errors import FrameError, MediaError
from ..frames import Array, Frame, every_row
from .clip import Damaged
from .pixel_format import PixelFormat
from .recent import Recent
from .version import Version, check_unchanged, fingerprint
from .video_decoder import Decoded, VideoDecoder
from .video_index import VideoIndex
from .video_probe import stream_format

#: The encodings that H.273's transfer characteristics stand for; others are left open.
_TRANSFERS = {1: "rec709", 6: "rec709", 7: "rec709", 14: "rec709", 15: "rec709", 8: "linear"}
_TRANSFERS |= {9: "log", 10: "log", 13: "srgb", 16: "pq", 18: "hlg"}
_FORWARD = 16  # so far ahead decoding on is cheaper than seeking


class VideoReader:
    """Decodes in order into a bounded buffer, and seeks when asked elsewhere; frames count from 1.

    The buffer holds the codec's own planes, which are a fraction of the size of RGB.
    """

    def __init__(self, path: Path, *, look_around: int, damaged: Damaged = Damaged.ERROR) -> None:
        self.path = path
        self._version = Version.of(path)
        self.sources = {self._version.identity: path}
        self.fingerprint = fingerprint([(path.name, self._version)])
        self.index = VideoIndex.of(path)
        self._damaged = damaged
        self._decoder = VideoDecoder(path, self.index)
        self.first, self.last = 1, len(self.index.order)
        self._recent: Recent[av.VideoFrame] = Recent(look_around + _FORWARD)
        self._gaps: set[int] = set()  # damaged frames that were met
        self._doubtful = False  # whether damage was met when last decoding to a frame
        self._frames: Iterator[Decoded] = iter(())
        self._next = self.last + 1
        self.rate: Fraction | None = self.index.rate
        head = self._head()
        self.pixel_format = PixelFormat.of(head)
        self.shape, self.dtype = self.pixel_format.shape, self.pixel_format.dtype
        self.encoding = _TRANSFERS.get(head.color_trc, "")
        told = stream_format(self._decoder.container, head, self.rate)
        self.format = replace(told, bit_rate=told.bit_rate or self.index.bit_rate)
        self.notices: tuple[str, ...] = ()

    def frame(self, number: int) -> Frame | None:
        """The frame that is shown as the `number`th, decoded when its pixels are wanted."""
        if not self.first <= number <= self.last:
            return None
        return _VideoFrame(self, number, f"{self.path}:{self._version.changed}:{number}")

    def time(self, number: int) -> Fraction:
        """Seconds at which the frame is shown."""
        return self.index.times[number - 1] * self.index.time_base

    def end(self, number: int) -> Fraction:
        """Seconds at which the frame gives way to the next."""
        if number < self.last:
            return self.time(number + 1)
        return self.time(number) + 1 / (self.rate or Fraction(24))

    @property
    def stream(self) -> av.VideoStream:
        """The stream of the open file."""
        return self._decoder.stream

    @property
    def lead(self) -> Fraction:
        """Seconds at which the file begins."""
        start = self._decoder.container.start_time
        return Fraction(start or 0, av.time_base)

    @property
    def is_even(self) -> bool:
        """Whether all frames last alike, to half a frame."""
        if self.rate is None:
            return False
        step = 1 / (self.rate * self.index.time_base)
        times = self.index.times
        return all(abs(t - times[0] - n * step) <= step / 2 + 1 for n, t in enumerate(times))

    def decoded(self, number: int) -> av.VideoFrame:
        """The codec's picture of one frame, or the one that stands in for it."""
        frame = self._recent.get(number)
        if frame is None:
            check_unchanged(self.path, self._version)
            frame = self._wanted(number)
        if (frame.height, frame.width) != self.shape[:2]:
            raise FrameError(
                f"frame {number} of {self.path} is {frame.width} x {frame.height}, and frame 1 is "
                f"{self.shape[1]} x {self.shape[0]}; all frames of a clip must be alike"
            )
        if frame.format.name != self.pixel_format.name:
            raise FrameError(
                f"frame {number} of {self.path} is {frame.format.name}, and frame 1 is "
                f"{self.pixel_format.name}; all frames of a clip must be alike"
            )
        return frame

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def _head(self) -> av.VideoFrame:
        """The first frame that is whole, which tells what the others are."""
        for number in range(self.first, self.last + 1):
            frame = self._whole(number)
            if frame is not None:
                return frame
        raise MediaError(f"{self.path} cannot be read; all of it is damaged")

    def _wanted(self, number: int) -> av.VideoFrame:
        """The frame, or what the policy for damage has instead of it."""
        frame = self._whole(number)
        if frame is None and self._damaged is Damaged.ERROR:
            raise MediaError(
                f"frame {number} of {self.path} is damaged; mend the file, leave the damaged part "
                "out with --frames, or have the frame before it stand in with --damaged hold"
            )
        if frame is not None:
            return frame
        others = chain(range(number - 1, self.first - 1, -1), range(number + 1, self.last + 1))
        whole = (self._whole(other) for other in others)
        return next(frame for frame in whole if frame is not None)  # the head is one

    def _whole(self, number: int) -> av.VideoFrame | None:
        """The frame; None where it is damaged.

        A decoder that begins inside a clip misses what lies before and may call that an error, so
        that damage is believed where decoding from two places, or from the beginning, meets it.
        """
        frame = self._recent.get(number)
        if frame is not None or number in self._gaps:
            return frame
        if self._next <= number < self._next + _FORWARD:
            frame = self._decode_to(number)
        doubts = 0
        for start in self.index.starts(number - 1):
            if frame is not None or doubts == 2:
                break
            self._frames, self._doubtful = self._decoder.from_packet(start), False
            frame = self._decode_to(number)
            doubts += self._doubtful
        if frame is None:
            self._gaps.add(number)
        return frame

    def _decode_to(self, number: int) -> av.VideoFrame | None:
        """Decode on until that frame; None where decoding passed it or it is doubtful."""
        for packet, frame, is_damaged in self._frames:
            place = self.index.places.get(packet)
            if place is None:
                continue
            self._next = place + 2
            if frame is not None and not is_damaged:
                self._recent.put(place + 1, frame, sum(p.buffer_size for p in frame.planes))
            if place + 1 >= number:
                self._doubtful = place + 1 == number and is_damaged
                return self._recent.get(number)
        self._next = self.last + 1
        return None


@dataclass(frozen=True, slots=True)
class _VideoFrame:
    reader: VideoReader
    number: int
    identifier: str

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.reader.shape

    @property
    def premultiplied(self) -> bool:
        return False

    @property
    def corner(self) -> tuple[int, int]:
        return 0, 0

    def pixels(self) -> Array:
        return self._rows(slice(None))

    def rows(self, step: int) -> Array:
        return self._rows(every_row(self.shape[0], step))

    def _rows(self, rows: slice) -> Array:
        pixels = self.reader.pixel_format.array(self.reader.decoded(self.number), rows)
        pixels.flags.writeable = False
        return pixels
