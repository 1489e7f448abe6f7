# SPDX-License-Identifier: Apache-2.0
"""A video file as a clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from ..errors import FrameError, MediaError
from ..frames import Array, Frame, every_row
from .recent import Recent
from .version import Version, check_unchanged, fingerprint
from .video_format import PixelFormat
from .video_index import VideoIndex, open_video, unreadable

#: The encodings that H.273's transfer characteristics stand for; others are left open.
_TRANSFERS = {1: "rec709", 6: "rec709", 7: "rec709", 14: "rec709", 15: "rec709", 8: "linear"}
_TRANSFERS |= {9: "log", 10: "log", 13: "srgb", 16: "pq", 18: "hlg"}
_FORWARD = 16  # so far ahead decoding on is cheaper than seeking


class VideoReader:
    """Decodes in order into a bounded buffer, and seeks when asked elsewhere; frames count from 1.

    The buffer holds the codec's own planes, which are a fraction of the size of RGB.
    """

    def __init__(self, path: Path, *, look_around: int) -> None:
        self.path = path
        self._container = open_video(path)
        self._version = Version.of(path)
        self.sources = {self._version.identity: path}
        self.fingerprint = fingerprint([(path.name, self._version)])
        self.stream = self._container.streams.video[0]
        self.stream.thread_type = "AUTO"
        self.index = VideoIndex.of(path)
        self.first, self.last = 1, len(self.index.times)
        self._recent: Recent[av.VideoFrame] = Recent(look_around + _FORWARD)
        self._decoder: Iterator[av.VideoFrame] = iter(())
        self._next = self.last + 1
        head = self._seek_and_decode(1)
        self.format = PixelFormat.of(head)
        self.shape, self.dtype = self.format.shape, self.format.dtype
        self.encoding = _TRANSFERS.get(head.color_trc, "")
        self.rate = self.stream.average_rate or self.stream.guessed_rate
        self.rotation = head.rotation
        self.bits = head.format.components[0].bits
        self.notices: tuple[str, ...] = (
            (f"{path} is interlaced; both fields of a frame are corrected as one picture",)
            if head.interlaced_frame
            else ()
        )

    def frame(self, number: int) -> Frame | None:
        """The frame that is shown as the `number`th, decoded when its pixels are wanted."""
        if not self.first <= number <= self.last:
            return None
        return _VideoFrame(self, number, f"{self.path}:{self._version.changed}:{number}")

    def time(self, number: int) -> int:
        """Time at which the frame is shown, in the stream's time base."""
        return self.index.times[number - 1]

    def decoded(self, number: int) -> av.VideoFrame:
        """The codec's picture of one frame."""
        frame = self._recent.get(number)
        if frame is None:
            check_unchanged(self.path, self._version)
        if frame is None and self._next <= number < self._next + _FORWARD:
            frame = self._decode_to(number)
        frame = frame or self._seek_and_decode(number)
        if (frame.height, frame.width) != (self.format.shape[:2]):
            raise FrameError(
                f"frame {number} of {self.path} is {frame.width} x {frame.height}, and frame 1 is "
                f"{self.shape[1]} x {self.shape[0]}; all frames of a clip must be alike"
            )
        return frame

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _seek_and_decode(self, number: int) -> av.VideoFrame:
        for begin in (self.index.key_before(self.time(number)), self.index.times[0]):
            self._container.seek(begin, stream=self.stream, backward=True)
            self._decoder = self._container.decode(self.stream)
            frame = self._decode_to(number)
            if frame is not None:
                return frame
        raise MediaError(
            f"frame {number} of {self.path} cannot be read; it is damaged or half-written"
        )

    def _decode_to(self, number: int) -> av.VideoFrame | None:
        """Decode on until that frame; None where decoding passed it."""
        try:
            for frame in self._decoder:
                if frame.pts not in self.index.places:
                    continue
                place = self.index.places[frame.pts]
                if frame.is_corrupt:
                    raise MediaError(
                        f"frame {place + 1} of {self.path} is damaged; mend the file, or leave the "
                        "damaged part out with --frames"
                    )
                self._recent.put(place + 1, frame, sum(p.buffer_size for p in frame.planes))
                self._next = place + 2
                if place + 1 >= number:
                    return frame if place + 1 == number else None
        except av.FFmpegError as error:
            raise MediaError(f"frame {number}: {unreadable(self.path, error)}") from error
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
        pixels = self.reader.format.array(self.reader.decoded(self.number), rows)
        pixels.flags.writeable = False
        return pixels
