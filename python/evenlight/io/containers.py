# SPDX-License-Identifier: Apache-2.0
"""Containers of video that are written, and what each can hold; docs/media.md is made from this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import ParamError


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file, by its endings."""

    name: str
    suffixes: tuple[str, ...]
    #: Codecs of the picture, the one that is customary first.
    families: tuple[str, ...]
    #: Sound and subtitles, by codec; None for those that the muxer says it takes.
    beside: tuple[str, ...] | None = None
    #: Whether H.264 and the like stay H.264 elsewhere, or become the customary codec here.
    converts: bool = False
    chapters: bool = False
    attachments: bool = False
    cover: bool = False
    timecode: bool = False
    display_matrix: bool = False
    #: Whether it tells the shape of pixels where the codec does not.
    sample_aspect: bool = False
    aspect_by_copy: bool = False  # as only FFmpeg's own command writes it, not PyAV
    #: Whether it tells the order of fields where the codec does not.
    field_order: bool = False
    #: Whether it tells range, matrix, primaries and transfer where the codec does not.
    colours: bool = False
    mastering: bool = False  # light of the mastering display, of the content; ICC profile
    #: Whether frames may last differently.
    uneven_rate: bool = True
    fastest: int | None = None  # frames per second
    #: Whether pictures may be coded in another order than they are shown.
    reordering: bool = True
    #: Names under which it keeps tags of the file; None for any.
    tags: frozenset[str] | None = None


_SOUND_OF_TS = (
    "aac", "aac_latm", "ac3", "eac3", "mp1", "mp2", "mp3", "dts", "truehd", "opus", "s302m",
    "pcm_bluray", "dvb_subtitle", "dvb_teletext", "hdmv_pgs_subtitle",
)  # fmt: skip
_QUICKTIME = (
    "h264", "hevc", "prores", "dnxhd", "mpeg2video", "mpeg1video", "mpeg4", "mjpeg", "png",
    "jpeg2000", "qtrle", "rawvideo", "v210", "cfhd", "dvvideo", "magicyuv", "r210",
)  # fmt: skip
_MP4 = (
    "h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg", "png", "jpeg2000",
    "ffv1",
)  # fmt: skip
_MATROSKA = (
    "h264", "hevc", "ffv1", "av1", "vp9", "vp8", "prores", "mpeg2video", "mpeg1video", "mpeg4",
    "mjpeg", "jpeg2000", "rawvideo",
)  # fmt: skip
_AVI = (
    "h264", "ffv1", "mpeg4", "utvideo", "ffvhuff", "huffyuv", "magicyuv", "mjpeg", "png",
    "rawvideo", "v210", "cfhd", "dvvideo", "mpeg2video", "mpeg1video", "jpeg2000", "r210",
)  # fmt: skip
_MXF = ("mpeg2video", "dnxhd", "prores", "h264", "jpeg2000", "dvvideo", "ffv1")
_TS = ("h264", "hevc", "mpeg2video", "mpeg1video", "mpeg4")

CONTAINERS = (
    Container(
        "QuickTime", (".mov",), _QUICKTIME, sample_aspect=True, chapters=True, timecode=True,
        display_matrix=True, field_order=True, colours=True, mastering=True,
    ),
    Container(
        "MP4", (".mp4", ".m4v"), _MP4, sample_aspect=True, chapters=True, cover=True, timecode=True,
        display_matrix=True, field_order=True, colours=True, mastering=True,
    ),
    Container(
        "Matroska", (".mkv",), _MATROSKA, sample_aspect=True, aspect_by_copy=True, chapters=True,
        attachments=True, cover=True, timecode=True, display_matrix=True, field_order=True,
        colours=True, mastering=True,
    ),
    Container(
        "WebM", (".webm",), ("vp9", "av1", "vp8"), sample_aspect=True, aspect_by_copy=True,
        converts=True, chapters=True, timecode=True, display_matrix=True, field_order=True,
        colours=True, mastering=True,
    ),
    Container(
        "MXF", (".mxf",), _MXF, ("pcm_s16le", "pcm_s24le"), sample_aspect=True, timecode=True,
        field_order=True, colours=True, uneven_rate=False,
        tags=frozenset({"comment", "company_name", "product_name"}),
    ),
    Container(
        "AVI", (".avi",), _AVI, sample_aspect=True, aspect_by_copy=True, timecode=True,
        uneven_rate=False, fastest=600, reordering=False,
        tags=frozenset({"title", "artist", "copyright", "comment", "genre", "date", "album"}),
    ),
    Container(
        "MPEG transport stream", (".ts", ".m2ts", ".mts", ".m2t"), _TS, _SOUND_OF_TS,
        tags=frozenset({"service_name", "service_provider"}),
    ),
    Container(
        "MPEG program stream", (".mpg", ".mpeg", ".vob"), ("mpeg2video", "mpeg1video", "h264"),
        ("mp2", "mp1", "mp3", "ac3", "dts", "pcm_dvd", "dvd_subtitle"), converts=True,
        uneven_rate=False, tags=frozenset(),
    ),
)  # fmt: skip


def container_of(path: Path) -> Container:
    """The container that the ending of `path` names; raises ParamError where it names none."""
    suffix = path.suffix.lower()
    for container in CONTAINERS:
        if suffix in container.suffixes:
            return container
    known = ", ".join(sorted(suffix for one in CONTAINERS for suffix in one.suffixes))
    raise ParamError(f"{path} has no ending of a video or an image; videos end in {known}")


def muxer_of(path: Path) -> str:
    """FFmpeg's name of what writes the container that the ending of `path` names."""
    return _MUXERS.get(path.suffix.lower(), path.suffix.lower().lstrip("."))


_MUXERS = {".mkv": "matroska", ".m4v": "mp4", ".mpg": "mpeg", ".mpeg": "mpeg", ".ts": "mpegts"}
_MUXERS |= {".m2ts": "mpegts", ".mts": "mpegts", ".m2t": "mpegts"}
