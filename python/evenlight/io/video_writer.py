# SPDX-License-Identifier: Apache-2.0
"""A video file as the place a clip is written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.container.core import Flags
from av.stream import Disposition

from ..errors import MediaError
from ..frames import Array
from .clip import Reader
from .containers import muxer_of
from .encoder import VideoOptions
from .files import Claim, check_folder, refuse_existing, writing
from .output_plan import OutputPlan, plan_output
from .passthrough import PassthroughStreams
from .planes import Pictures
from .remux import with_pixel_aspect
from .stamp import Stamp
from .stream_format import Chapter, StreamFormat
from .video_reader import VideoReader

_PLAIN_KEYS = {"title", "artist", "album", "comment", "date", "genre", "copyright", "description"}
_PLAIN_KEYS |= {"composer", "album_artist", "lyrics", "creation_time", "location", "synopsis"}


class VideoWriter:
    """Encodes under another name and renames when done, as its plan says.

    Times, colours, shape, tags, sound and all that the plan keeps are the source's; a part of a
    clip begins at time 0.
    """

    def __init__(
        self, path: Path, source: Reader, numbers: range, *, overwrite: bool, options: VideoOptions
    ) -> None:
        self._path, self._source, self._numbers = path, source, numbers
        self.plan = plan_of(path, source, numbers, options)
        if not overwrite:
            refuse_existing(path)
        check_folder(path)
        self._overwrite = overwrite
        self._claim = Claim(path)
        self._passengers: PassthroughStreams | None = None
        self._pictures, self._stamp = Pictures(self.plan.target), Stamp(self.plan.target)
        self._rate = options.rate_of(source)
        self._time_base, self._start = self._clock()
        try:
            with muxing(path):
                self._container = av.open(
                    f"file:{self._claim.partial}",
                    "w",
                    format=muxer_of(path),
                    container_options=_container_options(self.plan),
                )
                self._set_up()
        except BaseException:
            self.discard()
            raise

    @property
    def notices(self) -> list[str]:
        """Sentences about what of the source is not kept as it was."""
        told = notices_of(self.plan, self._source)
        refused = self._passengers.refused if self._passengers else []
        return told + [
            f"{what} does not fit into {self._path.name} and was left behind" for what in refused
        ]

    def write(self, number: int, pixels: Array) -> None:
        """Encode one frame."""
        with muxing(self._path):
            self.encode(number, self._pictures.picture(pixels))

    def encode(self, number: int, frame: av.VideoFrame) -> None:
        """Encode one frame that is a picture of the encoder's format already."""
        with muxing(self._path):
            frame.time_base = self._time_base
            frame = self._stamp.stamped(frame)
            frame.pts = self._time(number)
            if self._passengers is not None and isinstance(self._source, VideoReader):
                self._passengers.carry(self._source.time(number))
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds, and rename."""
        with muxing(self._path):
            self._container.mux(self._stream.encode(None))
            if self._passengers is not None:
                self._passengers.carry()
            self._container.close()
            self._shape_pixels()
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

    def _shape_pixels(self) -> None:
        """Say the shape of pixels where neither the codec nor PyAV can."""
        target, aspect = self.plan.target, self.plan.target.sample_aspect
        if aspect is not None and self.plan.remuxes:
            shape = target.width, target.height
            with_pixel_aspect(self._claim.partial, muxer_of(self._path), shape, aspect)

    def _release(self) -> None:
        if self._passengers is not None:
            self._passengers.close()
            self._passengers = None

    def _set_up(self) -> None:
        encoder, target = self.plan.encoder, self.plan.target
        self._container.flags |= Flags.bitexact.value  # type: ignore[operator]  # no chance in what a file is made of
        stream = self._container.add_stream(
            encoder.name, rate=self._rate, options=dict(encoder.options)
        )
        assert isinstance(stream, av.VideoStream), "video encoders make video streams"
        self._stream, context = stream, stream.codec_context
        if self.plan.borrows and isinstance(self._source, VideoReader):
            self._borrow(self._source)
        if target.family == "hevc" and muxer_of(self._path) in ("mov", "mp4"):
            context.codec_tag = "hvc1"  # the headers stand beside the pictures, as QuickTime wants
        context.height, context.width = target.height, target.width
        context.pix_fmt, context.framerate = encoder.pixel_format, self._rate
        context.time_base = self._time_base
        context.colorspace, context.color_range = target.matrix, target.range
        context.color_primaries, context.color_trc = target.primaries, target.transfer
        context.field_order = int(target.container_field_order)
        if target.sample_aspect is not None:
            context.sample_aspect_ratio = target.sample_aspect
        stream.set_display_matrix(target.display_matrix)
        stream.metadata.update(target.stream_tags)
        self._container.metadata.update(target.tags)
        if target.timecode:
            stream.metadata["timecode"] = target.timecode
        if target.alpha and target.family in ("vp8", "vp9"):
            stream.metadata["alpha_mode"] = "1"
        if isinstance(self._source, VideoReader):
            stream.disposition = Disposition(target.disposition)
            self._follow(self._source, target)

    def _borrow(self, source: VideoReader) -> None:
        """Take over the structures that the source's container tells of its stream.

        A filter that does nothing copies the parameters of a stream, these among them; all that
        describes the coded data is then the encoder's own again.
        """
        BitStreamFilterContext("null", in_stream=source.stream, out_stream=self._stream)
        context = self._stream.codec_context
        context.extradata, context.bit_rate, context.level = None, 0, -99
        context.codec_tag = "\0\0\0\0"

    def _follow(self, source: VideoReader, target: StreamFormat) -> None:
        """Take over what is beside the picture."""
        shift, span = self._shift(), self._span()
        chapters = [
            _moved(chapter_id, chapter, shift)
            for chapter_id, chapter in enumerate(target.chapters, 1)
            if span is None or (chapter.begin < span[1] and chapter.end > span[0])
        ]
        if chapters:
            self._container.set_chapters(chapters)  # type: ignore[arg-type]
        self._passengers = PassthroughStreams(
            source, self._container, self.plan.container, target.passengers, span, shift
        )

    def _span(self) -> tuple[Fraction, Fraction] | None:
        """Seconds of the source that a part covers; None of the whole."""
        source, numbers = self._source, self._numbers
        if not isinstance(source, VideoReader) or len(numbers) == source.last:
            return None
        return source.time(numbers[0]), source.end(numbers[-1])

    def _shift(self) -> Fraction:
        """Seconds that are taken from all times; of a whole clip what its file begins with."""
        span = self._span()
        if span is not None:
            return span[0]
        assert isinstance(self._source, VideoReader), "only videos have a clock"
        return max(Fraction(0), self._source.lead)

    def _clock(self) -> tuple[Fraction, int]:
        """The unit of times, and the time of the first frame in it."""
        source = self._source
        if not isinstance(source, VideoReader) or self.plan.is_even:
            return 1 / self._rate, 0
        base = source.index.time_base
        return base, round(self._shift() / base)

    def _time(self, number: int) -> int:
        if isinstance(self._source, VideoReader) and not self.plan.is_even:
            return self._source.index.times[number - 1] - self._start
        return number - self._numbers[0]


@contextmanager
def muxing(path: Path) -> Iterator[None]:
    """A context in which errors of the disk, of encoders and muxers become MediaError."""
    try:
        with writing(path):
            yield
    except av.FFmpegError as error:
        reason = str(error).rpartition("last error log: ")[2]
        raise MediaError(f"{path} cannot be written: {reason.strip()}") from error


def plan_of(path: Path, source: Reader, numbers: range, options: VideoOptions) -> OutputPlan:
    """The plan for the frames of a clip at `path`."""
    theirs = replace(source.format, rate=options.rate_of(source))
    even = not isinstance(source, VideoReader) or source.is_even
    return plan_output(path, theirs, options, skipped=numbers[0] - source.first, even=even)


def notices_of(plan: OutputPlan, source: Reader) -> list[str]:
    """Sentences about what a plan does not keep as it was."""
    told = plan.report.notices(plan.path)
    if "lin" in source.encoding and not isinstance(source, VideoReader):
        told.append(
            f"the numbers of {source.path.name} are linear light and were written to video as they "
            "are"
        )
    return told


def _container_options(plan: OutputPlan) -> dict[str, str]:
    flags = []
    if any(key.lower() not in _PLAIN_KEYS for key in plan.target.tags):
        flags.append("use_metadata_tags")
    if plan.target.side("ICC_PROFILE"):
        flags.append("prefer_icc")
    if muxer_of(plan.path) in ("mov", "mp4") and flags:
        return {"movflags": "+".join(flags)}
    if plan.path.suffix.lower() in (".m2ts", ".mts"):
        return {"mpegts_m2ts_mode": "1"}
    return {}


def _moved(number: int, chapter: Chapter, shift: Fraction) -> dict[str, Any]:
    """The chapter as PyAV takes it, in milliseconds, moved with the times of frames."""
    return {
        "id": number,
        "start": max(0, round((chapter.begin - shift) * 1000)),
        "end": round((chapter.end - shift) * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": dict(chapter.tags),
    }
