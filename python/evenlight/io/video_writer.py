# SPDX-License-Identifier: Apache-2.0
"""A video file as the place a clip is written to."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from ..frames import Array
from .clip import Reader
from .encoder import VideoOptions, choose
from .files import Claim, check_folder, refuse_existing, writing
from .passthrough import PassthroughStreams
from .planes import Colours, Pictures
from .video_reader import VideoReader


class VideoWriter:
    """Encodes under another name and renames when done.

    A video's timestamps, colours' properties, rotation, metadata, sound and subtitles are the
    source's; a part of a clip begins at time 0.
    """

    def __init__(
        self, path: Path, source: Reader, numbers: range, *, overwrite: bool, options: VideoOptions
    ) -> None:
        self._path = path
        self._source = source
        self._first = numbers[0]
        self._time_base = Fraction(1)
        self._start = 0
        bits = bits_of(source)
        encoder = choose(path, source, source.shape, bits, options)
        if not overwrite:
            refuse_existing(path)
        check_folder(path)
        self._overwrite = overwrite
        self._claim = Claim(path)
        self._passengers: PassthroughStreams | None = None
        rate = options.rate_of(source)
        try:
            with writing(path):
                self._container = av.open(str(self._claim.partial), "w")
                stream = self._container.add_stream(
                    encoder.name, rate=rate, options=encoder.options
                )
                assert isinstance(stream, av.VideoStream), "video encoders make video streams"
                self._stream = stream
                self._set_up(encoder.pixel_format, rate, numbers)
        except BaseException:
            self.discard()
            raise

    @property
    def notices(self) -> list[str]:
        """Sentences about what of the source could not be carried over."""
        behind = self._passengers.left_behind if self._passengers else []
        told = [
            f"{what} does not fit into {self._path.name} and was left behind" for what in behind
        ]
        if "lin" in self._source.encoding and not isinstance(self._source, VideoReader):
            name = self._source.path.name
            told.append(
                f"the numbers of {name} are linear light and were written to video as they are"
            )
        kind = self._stream.codec_context.format
        if self._source.shape[2] == 4 and kind is not None and len(kind.components) < 4:
            told.append(f"alpha does not fit into {self._path.name} and was left out")
        return told

    def write(self, number: int, pixels: Array) -> None:
        """Encode one frame."""
        with writing(self._path):
            self.encode(number, self._pictures.picture(pixels))

    def encode(self, number: int, frame: av.VideoFrame) -> None:
        """Encode one frame that is a picture of the encoder's format already."""
        with writing(self._path):
            frame.time_base = self._time_base
            frame.pts = self._time(number)
            if self._passengers is not None and isinstance(self._source, VideoReader):
                self._passengers.carry(self._source.time(number))
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds, and rename."""
        with writing(self._path):
            self._container.mux(self._stream.encode(None))
            if self._passengers is not None:
                self._passengers.carry()
            self._container.close()
            if not self._overwrite:
                refuse_existing(self._path)  # another program may have made it meanwhile
            self._claim.publish(durable=True)
        self._release()

    def discard(self) -> None:
        """Remove the unfinished file."""
        with suppress(av.FFmpegError, OSError, AttributeError):  # it may not be open, or be full
            self._container.close()
        self._claim.drop()
        self._release()

    def _release(self) -> None:
        if self._passengers is not None:
            self._passengers.close()
            self._passengers = None

    def _set_up(self, pixel_format: str, rate: Fraction, numbers: range) -> None:
        height, width, _ = self._source.shape
        context = self._stream.codec_context
        context.height, context.width = height, width
        context.pix_fmt = pixel_format
        colours = Colours.of(self._source)
        context.colorspace, context.color_range = colours.space, colours.range
        context.color_primaries, context.color_trc = colours.primaries, colours.transfer
        source = self._source
        if isinstance(source, VideoReader):
            self._time_base = source.index.time_base
            self._follow(source, numbers)
        else:
            self._time_base = 1 / rate
        context.time_base = self._time_base
        self._pictures = Pictures(source, pixel_format)

    def _follow(self, source: VideoReader, numbers: range) -> None:
        """Take over what the source says of its shape on screen and its sound."""
        theirs, ours = source.format, self._stream.codec_context
        if theirs.sample_aspect is not None:
            ours.sample_aspect_ratio = theirs.sample_aspect
        self._stream.set_display_matrix(theirs.display_matrix)
        self._stream.metadata.update(theirs.stream_tags)
        self._container.metadata.update(theirs.tags)
        whole = len(numbers) == source.last
        begin, end = source.time(numbers[0]), source.end(numbers[-1])
        limits = (Fraction(-(10**9)), Fraction(10**9)) if whole else (begin, end)
        shift = Fraction(0) if whole else begin
        self._passengers = PassthroughStreams(source, self._container, *limits, shift)
        self._start = 0 if whole else source.index.times[numbers[0] - 1]

    def _time(self, number: int) -> int:
        if isinstance(self._source, VideoReader):
            return self._source.index.times[number - 1] - self._start
        return number - self._first


def bits_of(source: Reader) -> int:
    """Bits of the source's samples."""
    if isinstance(source, VideoReader):
        return source.format.depth
    return 8 if source.dtype == np.uint8 else 16
