# SPDX-License-Identifier: Apache-2.0
"""Encoder and pixel format that a video is written with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.codec import Codec

from ..errors import MediaError, ParamError
from .clip import Reader
from .video_reader import VideoReader

#: The encoder for each family of codecs that we write.
FAMILIES = {"h264": "libx264", "hevc": "libx265", "prores": "prores_ks", "vp9": "libvpx-vp9"}
FAMILIES |= {"ffv1": "ffv1"}
_FALLBACK = {".webm": "vp9"}
_SUFFIXES = {".mp4", ".mov", ".mkv", ".m4v", ".avi", ".webm", ".mxf", ".ts"}
_USUAL_RATE = 24


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """Choices of the user for a video; all else follows the source."""

    #: A family of `FAMILIES`; None takes the source's, or H.264 where we do not write that.
    codec: str | None = None
    #: The encoder's rate factor: 0 loses nothing, 51 is smallest. ProRes and FFV1 have none.
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

    name: str
    pixel_format: str
    options: dict[str, str]


def choose(
    path: Path, source: object, shape: tuple[int, int, int], bits: int, options: VideoOptions
) -> Encoder:
    """The encoder for `path`: the source's family and format of pixels, where they can be had."""
    if path.suffix.lower() not in _SUFFIXES:
        known = ", ".join(sorted(_SUFFIXES))
        raise ParamError(f"{path} has no ending of a video or an image; videos end in {known}")
    family = options.codec or _family_of(source) or _FALLBACK.get(path.suffix.lower(), "h264")
    if family not in FAMILIES:
        raise ParamError(f"codec is {family!r}; it must be one of {', '.join(FAMILIES)}")
    if path.suffix.lower() == ".webm":
        family = "vp9"
    if not 0 <= options.quality <= 51:
        raise ParamError(f"quality is {options.quality}; it must lie between 0 and 51")
    name = FAMILIES[family]
    try:
        formats = [kind.name for kind in Codec(name, "w").video_formats or ()]
    except av.FFmpegError as error:
        raise MediaError(f"{path} cannot be written: this PyAV has no encoder {name}") from error
    return Encoder(name, _pixel_format(formats, source, shape, bits), _options(family, options))


def _family_of(source: object) -> str | None:
    if not isinstance(source, VideoReader):
        return None
    name = source.format.family
    return name if name in FAMILIES else None


def _pixel_format(
    formats: list[str], source: object, shape: tuple[int, int, int], bits: int
) -> str:
    """The source's own, else the nearest that holds as much; odd sizes need whole chroma."""
    if isinstance(source, VideoReader):
        own = source.format.pixel_format.replace("yuvj", "yuv")
        if own in formats:
            return own
    odd = shape[0] % 2 or shape[1] % 2
    sampling = "444" if odd else "420"
    deep = "" if bits <= 8 else "10le"
    wishes = [f"yuv{sampling}p{deep}", f"yuv422p{deep}", f"yuv444p{deep}", f"yuv{sampling}p10le"]
    wishes += ["yuv422p10le", "yuv444p10le"]
    return next((wish for wish in wishes if wish in formats), formats[0])


def _options(family: str, options: VideoOptions) -> dict[str, str]:
    if family == "h264":
        lossless = options.quality == 0  # a rate factor of 0 is so at 8 bits only
        return {"qp" if lossless else "crf": str(options.quality), "preset": "fast"}
    if family == "hevc":
        parameters = "log-level=error" + (":lossless=1" if options.quality == 0 else "")
        return {"crf": str(options.quality), "preset": "fast", "x265-params": parameters}
    if family == "vp9":
        return {"crf": str(options.quality), "b": "0", "row-mt": "1", "cpu-used": "4"} | (
            {"lossless": "1"} if options.quality == 0 else {}
        )
    return {}  # ProRes and FFV1 have a quality of their own
