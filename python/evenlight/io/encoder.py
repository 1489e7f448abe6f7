# SPDX-License-Identifier: Apache-2.0
"""Choice of the encoder and the format of pixels that a video is written with.

Sampling, depth and alpha come first, then the codec: what can be kept is kept by the source's own
codec where that can, by another that the container holds where it cannot.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
from av.codec import Codec
from av.video.format import VideoFormat

from ..errors import MediaError, ParamError
from .clip import Reader
from .containers import Container, container_of, muxer_of
from .encoder_options import EXACT, ways_of
from .stream_format import StreamFormat
from .video_probe import has_alpha, sampling, subsampling

#: The encoders of each family of codecs, tried in this order.
FAMILIES = {
    "h264": ("libx264", "libx264rgb"), "hevc": ("libx265",), "av1": ("libsvtav1",),
    "vp9": ("libvpx-vp9",), "vp8": ("libvpx",), "prores": ("prores_ks",), "dnxhd": ("dnxhd",),
    "ffv1": ("ffv1",), "v210": ("v210",), "r210": ("r210",), "rawvideo": ("rawvideo",),
    "mpeg2video": ("mpeg2video",), "mpeg1video": ("mpeg1video",), "mpeg4": ("mpeg4",),
    "mjpeg": ("mjpeg",), "jpeg2000": ("jpeg2000",), "png": ("png",), "qtrle": ("qtrle",),
    "huffyuv": ("huffyuv",), "ffvhuff": ("ffvhuff",), "utvideo": ("utvideo",),
    "magicyuv": ("magicyuv",), "cfhd": ("cfhd",), "dvvideo": ("dvvideo",),
}  # fmt: skip
_ALIASES = {"dnxhr": "dnxhd", "mpeg2": "mpeg2video", "mpeg1": "mpeg1video", "raw": "rawvideo"}
#: Families for what a source's own cannot hold, the more usual first.
_STAND_INS = ("h264", "hevc", "vp9", "av1", "prores", "dnxhd", "ffv1", "utvideo", "png", "rawvideo")
_RAW = (
    "uyvy422", "yuyv422", "rgb24", "bgr24", "rgba", "bgra", "argb", "rgb48be", "rgb48le",
    "yuv420p", "yuv422p", "yuv444p", "gray", "bgr0", "yuv422p10le", "yuv444p10le", "nv12",
    "p010le", "yuv420p10le", "nv16", "gray10le", "gray16le", "rgba64le", "rgba64be",
)  # fmt: skip
_USUAL_RATE = 24
_ENOUGH = 10  # bits with which a family keeps its place though the source has more


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """Choices of the user for a video; all else follows the source."""

    #: A family of `FAMILIES`; None takes the source's, or one that holds as much.
    codec: str | None = None
    #: The encoder's rate factor: 0 loses nothing, 51 is smallest. Mezzanine codecs have none.
    quality: int = 2
    #: Frames per second of images; None takes what they say, or 24.
    rate: float | None = None

    def rate_of(self, source: Reader) -> Fraction:
        """Frames per second of the video; its own is a video's in any case."""
        if self.rate is not None and not source.format.family:
            return Fraction(self.rate).limit_denominator(1001)
        return source.rate or Fraction(_USUAL_RATE)


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder and the options that it is opened with."""

    family: str
    name: str
    pixel_format: str
    options: dict[str, str]

    @property
    def kind(self) -> VideoFormat:
        """The format of pixels."""
        return VideoFormat(self.pixel_format)


def choose(path: Path, source: StreamFormat, options: VideoOptions) -> Encoder:
    """The encoder for pictures of `source` in `path`.

    Raises ParamError where the container cannot hold what is asked for, MediaError where nothing
    can be opened.
    """
    container = container_of(path)
    if not 0 <= options.quality <= 51:
        raise ParamError(f"quality is {options.quality}; it must lie between 0 and 51")
    if container.fastest is not None and source.rate and source.rate > container.fastest:
        raise ParamError(
            f"{float(source.rate):.6g} frames per second do not fit into {path.suffix.lower()}, "
            f"which holds {container.fastest}; write to .mkv or .mov"
        )
    families = _families(path, container, source, options)
    wish = source if source.family else _of_images(source, families[0])
    best = sorted(_candidates(families, wish), key=lambda one: _losses(one, families, wish))
    reason = ""
    if any(family == "av1" for family, _, _ in best):
        os.environ.setdefault("SVT_LOG", "1")  # its library tells of itself otherwise
    for family, name, pixels in best:
        for words in ways_of(family, pixels, source, options.quality, container):
            encoder = Encoder(family, name, pixels, words)
            try:
                _try_out(muxer_of(path), encoder, source)
            except (av.FFmpegError, ValueError) as error:
                reason = reason or _plain(error)  # of the one that was wanted most
                continue
            return encoder
    raise MediaError(f"{path} cannot be written: {reason or 'no encoder of this PyAV fits'}")


def _plain(error: Exception) -> str:
    """The reason in the encoder's own words, where it gives any."""
    return str(error).rpartition("last error log: ")[2].strip()


def _families(
    path: Path, container: Container, source: StreamFormat, options: VideoOptions
) -> tuple[str, ...]:
    """Families to choose from, the one to prefer first."""
    asked = _ALIASES.get(options.codec or "", options.codec)
    if asked is not None and asked not in FAMILIES:
        raise ParamError(f"codec is {options.codec!r}; it must be one of {', '.join(FAMILIES)}")
    wanted = asked or (source.family if source.family in FAMILIES else None)
    fitting = [family for family in container.families if family in FAMILIES]
    if wanted is not None and wanted not in fitting:
        if asked is not None or not container.converts:
            raise ParamError(
                f"{wanted} does not fit into {path.suffix.lower()}; choose one with --codec: "
                f"{', '.join(fitting)}; or write to another ending"
            )
        wanted = fitting[0]
    if asked is not None:
        return (asked,)
    if not source.family:
        return ("h264",) if "h264" in fitting else (fitting[0],)
    others = [f for f in (*fitting[: container.converts], *_STAND_INS) if f in fitting]
    return tuple(dict.fromkeys([wanted, *others] if wanted else others))


def _of_images(source: StreamFormat, family: str) -> StreamFormat:
    """The samples that images are to have as video: those that players know, or all of theirs."""
    if family in EXACT:
        return replace(source, depth=min(16, source.depth))
    depth = 8 if source.depth <= 8 else _ENOUGH
    return replace(source, sampling="4:2:0", pixel_format="yuv420p", depth=depth)


def _candidates(families: tuple[str, ...], source: StreamFormat) -> Iterator[tuple[str, str, str]]:
    """Family, encoder and format of pixels."""
    for family in families:
        for name in FAMILIES[family]:
            try:
                codec = Codec(name, "w")
            except ValueError:
                continue  # this PyAV has none
            for kind in codec.video_formats or [VideoFormat(one) for one in _RAW]:
                whole = 8 <= kind.components[0].bits <= 16 and "f16" not in kind.name
                usable = (whole and not kind.name.startswith("yuvj")) or family == "mjpeg"
                if usable and not _is_odd(kind, source):
                    yield family, name, kind.name


def _is_odd(kind: VideoFormat, source: StreamFormat) -> bool:
    """Whether the size does not divide into the format's chroma samples."""
    down, across = subsampling(kind) or (0, 0)
    return bool(source.height % (1 << down) or source.width % (1 << across))


def _losses(
    candidate: tuple[str, str, str], families: tuple[str, ...], source: StreamFormat
) -> tuple[object, ...]:
    """Measures of loss, the worst first, and then of what is spent for nothing."""
    family, name, pixels = candidate
    kind = VideoFormat(pixels)
    depth = max(part.bits for part in kind.components)
    spare = depth - source.depth
    mastering = family in ("prores", "dnxhd", "cfhd") and depth >= _ENOUGH
    too_flat = spare < 0 and not (depth >= _ENOUGH and (mastering or families[0] == family))
    coarse, excess = _chroma(kind, source)
    return (
        coarse,
        source.alpha and not has_alpha(kind),
        -spare if too_flat else 0,
        families.index(family),
        max(0, -spare),
        pixels != source.pixel_format,
        excess,
        has_alpha(kind) and not source.alpha,
        spare,
        FAMILIES[family].index(name),
    )


def _chroma(kind: VideoFormat, source: StreamFormat) -> tuple[int, int]:
    """How much coarser than the source's chroma, and how much finer, in powers of two."""
    theirs = sampling(kind)
    if theirs == source.sampling:
        return 0, 0
    if source.is_rgb:
        return 1 + sum(subsampling(kind) or (4, 4)), 0
    if theirs == "RGB":
        return 5, 0
    if source.sampling == "grey":
        return 0, 5 - sum(subsampling(kind) or (0, 0))
    if theirs == "grey":
        return 6, 0
    down, across = subsampling(kind) or (0, 0)
    own_down, own_across = subsampling(VideoFormat(source.pixel_format or "yuv420p")) or (1, 1)
    finer = max(0, own_down - down) + max(0, own_across - across)
    return max(0, down - own_down) + max(0, across - own_across), finer


def _try_out(muxer: str, encoder: Encoder, source: StreamFormat) -> None:
    """Open the encoder in the container, in memory; raises where either refuses."""
    rate = source.rate or Fraction(_USUAL_RATE)
    trial = av.open(io.BytesIO(), "w", format=muxer)
    stream = trial.add_stream(encoder.name, rate=rate, options=dict(encoder.options))
    assert isinstance(stream, av.VideoStream), "video encoders make video streams"
    context = stream.codec_context
    context.width, context.height = source.width, source.height
    context.pix_fmt, context.time_base = encoder.pixel_format, 1 / rate
    try:
        trial.start_encoding()
    finally:
        with suppress(av.FFmpegError):  # MXF ends no file without a picture
            trial.close()
