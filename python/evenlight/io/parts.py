# SPDX-License-Identifier: Apache-2.0
"""Parts of a video, each some frames without loss, of which the whole is put together.

A part holds the very pictures that the video's encoder is to be given, so that a video made of
parts is the one that would have been written at once, whatever the parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec import Codec

from ..errors import MediaError
from ..frames import Array
from .clip import Reader
from .encoder import VideoOptions
from .files import Claim, check_folder, writing
from .planes import Pictures
from .video_index import open_video
from .video_writer import VideoWriter, plan_of

_NAME = re.compile(r"(\d+)-(\d+)\.nut")
_LOSSLESS, _PLAIN = "ffv1", "rawvideo"  # the latter for formats that the former does not know


def folder_of(target: Path) -> Path:
    """Where the parts of the video `target` lie until it is whole."""
    return target.with_name(f"{target.name}.parts")


def part_name(folder: Path, numbers: range) -> Path:
    """The part with these frames."""
    return folder / f"{numbers[0]:08d}-{numbers[-1]:08d}.nut"


def is_whole(part: Path, numbers: range) -> bool:
    """Whether the part is there, with all of its frames."""
    if not part.is_file():
        return False
    try:
        with open_video(part) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
            return [_number(packet) for packet in packets] == list(numbers)
    except (MediaError, av.FFmpegError):
        return False


def _number(one: av.Packet[Any] | av.VideoFrame) -> int:
    """The frame's number, which is its time in seconds; the container chooses a finer clock."""
    return round((one.pts or 0) * (one.time_base or 1))


class PartWriter:
    """Writes one part of `target`, whole or not at all."""

    def __init__(
        self, target: Path, source: Reader, numbers: range, *, options: VideoOptions
    ) -> None:
        plan = plan_of(target, source, numbers, options)
        kind = plan.encoder.pixel_format
        known = [one.name for one in Codec(_LOSSLESS, "w").video_formats or ()]
        self.notices: list[str] = []
        self._path = part_name(folder_of(target), numbers)
        check_folder(self._path)
        self._claim = Claim(self._path)
        self._pictures = Pictures(plan.target)
        try:
            with writing(self._path):
                self._container = av.open(f"file:{self._claim.partial}", "w", format="nut")
                stream = self._container.add_stream(_LOSSLESS if kind in known else _PLAIN, rate=1)
                assert isinstance(stream, av.VideoStream), "video encoders make video streams"
                self._stream = stream
                context = stream.codec_context
                context.height, context.width = source.shape[:2]
                context.pix_fmt = kind
                context.time_base = Fraction(1)
                context.thread_count = 1
        except BaseException:
            self.discard()
            raise

    def write(self, number: int, pixels: Array) -> None:
        """Append one frame; its number is its time."""
        with writing(self._path):
            frame = self._pictures.picture(pixels)
            frame.time_base, frame.pts = Fraction(1), number
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Complete the part and give it its name."""
        with writing(self._path):
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._claim.publish()

    def discard(self) -> None:
        """Remove what is not complete."""
        with suppress(av.FFmpegError, OSError, AttributeError):  # it may not be open, or be full
            self._container.close()
        self._claim.drop()


class Parts:
    """The parts of a video that are there, and among them poor ones, for want of others."""

    def __init__(self, target: Path, is_poor: Callable[[Path], bool]) -> None:
        self._folder = folder_of(target)
        self._is_poor = is_poor
        matches = [_NAME.fullmatch(p.name) for p in self._folder.glob("*.nut")]
        found = [range(int(m[1]), int(m[2]) + 1) for m in matches if m]
        self._ranges = sorted(found, key=lambda numbers: (numbers.start, -numbers.stop))

    def missing(self, numbers: range) -> list[range]:
        """The runs of frames that are in no part."""
        gaps, at = [], numbers.start
        for part in self._ranges:
            if part.stop <= at or part.start >= numbers.stop:
                continue
            if part.start > at:
                gaps.append(range(at, part.start))
            at = max(at, part.stop)
        if at < numbers.stop:
            gaps.append(range(at, numbers.stop))
        return gaps

    def put_together(self, writer: VideoWriter, numbers: range) -> Iterator[int]:
        """Encode the frames in order, from parts that miss none; gives each number when done."""
        for part, wanted in self.chosen(numbers):
            for number, frame in _pictures(part, wanted):
                writer.encode(number, frame)
                yield number

    def chosen(self, numbers: range) -> list[tuple[Path, range]]:
        """The parts that the frames are taken from, in order, and which frames of each.

        A poor one gives no frame that another has.
        """
        poor = {r for r in self._ranges if self._is_poor(part_name(self._folder, r))}
        found, at = [], numbers.start
        while at < numbers.stop:
            here = [r for r in self._ranges if at in r]
            part = max([r for r in here if r not in poor] or here, key=lambda r: r.stop)
            better = [r.start for r in self._ranges if part in poor and r not in poor]
            ends = [start for start in better if start > at]
            wanted = range(at, min([part.stop, numbers.stop, *ends]))
            found.append((part_name(self._folder, part), wanted))
            at = wanted.stop
        return found


def _pictures(path: Path, wanted: range) -> Iterator[tuple[int, av.VideoFrame]]:
    """The frames that are wanted; a part that lacks one is removed, to be made again."""
    at = wanted.start
    try:
        with open_video(path) as container:
            for frame in container.decode(video=0):
                number = _number(frame)
                if number not in wanted:
                    continue
                if number != at or frame.is_corrupt:
                    break
                yield at, frame
                at += 1
    except av.FFmpegError:
        pass  # what is missing is told below
    except MediaError as error:
        path.unlink(missing_ok=True)
        raise MediaError(f"{error}; it was removed, render its frames again") from error
    if at < wanted.stop:
        path.unlink(missing_ok=True)
        raise MediaError(
            f"{path} is damaged at frame {at} and was removed; render its frames again"
        )
