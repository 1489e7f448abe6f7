# SPDX-License-Identifier: Apache-2.0
"""Format of the first video stream of a container, read from its headers and its first picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import av.logging
import numpy as np
from av.container import InputContainer
from av.stream import AttachmentStream, Disposition, Stream

from .stream_format import Chapter, FieldOrder, Passenger, StreamFormat

_SAMPLINGS = {(0, 0): "4:4:4", (0, 1): "4:2:2", (1, 1): "4:2:0", (0, 2): "4:1:1", (1, 0): "4:4:0"}
_SAMPLINGS |= {(2, 2): "4:1:0"}
#: Structures that describe the whole stream and can travel with it.
STREAM_SIDE_DATA = (
    "MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL", "ICC_PROFILE", "SPHERICAL", "STEREO3D",
    "AMBIENT_VIEWING_ENVIRONMENT",
)  # fmt: skip
#: Structures of single frames that are lost with the coded picture, and what a viewer calls them.
FRAME_SIDE_DATA = {
    "A53_CC": "closed captions",
    "DYNAMIC_HDR_PLUS": "HDR10+ metadata",
    "DOVI_METADATA": "Dolby Vision metadata",
    "DOVI_RPU_BUFFER": "Dolby Vision metadata",
    "DYNAMIC_HDR_VIVID": "HDR Vivid metadata",
    "FILM_GRAIN_PARAMS": "film grain parameters",
    "AFD": "the active format description",
}
#: How a stream that is not picture is called by its type.
_KINDS = {"audio": "audio", "subtitle": "subtitle", "attachment": "attachment", "video": "video"}


def stream_format(
    container: InputContainer, head: av.VideoFrame, rate: Fraction | None
) -> StreamFormat:
    """The format of the stream that `head` is the first shown picture of."""
    stream = picture_stream(container)
    context = stream.codec_context
    seen = _seen(head)
    kind = head.format
    side = {data.type.name: bytes(data) for data in _side_data(head)}
    return StreamFormat(
        width=head.width,
        height=head.height,
        family=context.codec.canonical_name,
        profile=context.profile or "",
        pixel_format=kind.name,
        sampling=sampling(kind),
        depth=max(part.bits for part in kind.components),
        alpha=has_alpha(kind),
        range=2 if kind.name.startswith("yuvj") else int(head.color_range or context.color_range),
        matrix=_said(head.colorspace, context.colorspace),
        primaries=_said(head.color_primaries, context.color_primaries),
        transfer=_said(head.color_trc, context.color_trc),
        chroma_place=seen.chroma,
        sample_aspect=stream.sample_aspect_ratio or None,
        field_order=_field_order(context.field_order, seen.fields),
        container_field_order=FieldOrder(context.field_order),
        rate=rate,
        timecode=_timecode(container, stream, side, rate),
        display_matrix=_matrix(side.get("DISPLAYMATRIX", b"")),
        side_data=tuple((name, side[name]) for name in STREAM_SIDE_DATA if side.get(name)),
        disposition=int(stream.disposition),
        chapters=tuple(_chapters(container)),
        passengers=tuple(_passengers(container, stream, side)),
        tags=dict(container.metadata),
        stream_tags=_stream_tags(container, stream),
        bit_rate=context.bit_rate or 0,
    )


def picture_stream(container: InputContainer) -> av.VideoStream:
    """The first video stream that is no cover and no thumbnail; any where there is no other."""
    videos = list(container.streams.video)
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    moving = [video for video in videos if not video.disposition & still]
    return (moving or videos)[0]


def sampling(kind: av.VideoFormat) -> str:
    """4:2:0 and so on, RGB or grey."""
    if kind.is_rgb or kind.has_palette:
        return "RGB"
    shift = subsampling(kind)
    return "grey" if shift is None else _SAMPLINGS.get(shift, f"chroma {shift}")


def subsampling(kind: av.VideoFormat) -> tuple[int, int] | None:
    """Powers of two by which chroma is smaller, down and across; None where there is none."""
    if sum(not part.is_alpha for part in kind.components) < 3:
        return None
    return (1024 // kind.chroma_height(1024)).bit_length() - 1, (
        1024 // kind.chroma_width(1024)
    ).bit_length() - 1


def has_alpha(kind: av.VideoFormat) -> bool:
    """Whether the format has room for alpha."""
    return kind.has_palette or any(part.is_alpha for part in kind.components)


class _Seen:
    """Chroma's place and the fields of a picture, which PyAV's frames do not tell."""

    def __init__(self, line: str) -> None:
        chroma = re.search(r" cl:(\w+)", line)
        fields = re.search(r" i:([PTB])", line)
        self.chroma = "" if chroma is None or chroma[1] in _UNSAID else chroma[1]
        self.fields = fields[1] if fields else ""


_UNSAID = ("unspecified", "unknown")


def _seen(frame: av.VideoFrame) -> _Seen:
    graph = av.filter.Graph()
    base = frame.time_base or Fraction(1)
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=base
    )
    strip = graph.add("sidedata", "mode=delete")
    graph.link_nodes(
        source, strip, graph.add("showinfo", "checksum=0"), graph.add("buffersink")
    ).configure()
    before = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as told:
            graph.push(frame)
            graph.pull()
    finally:
        av.logging.set_level(before)
    return _Seen(next((line for _, name, line in told if name == "showinfo"), ""))


def _side_data(frame: av.VideoFrame) -> Iterator[Any]:
    """The structures of the frame whose type this PyAV knows."""
    try:
        yield from frame.side_data
    except ValueError:  # one that it does not know hides the others
        return


def _said(*values: int) -> int:
    return next((int(value) for value in values if value != 2), 2)


def _field_order(coded: int, shown: str) -> FieldOrder:
    """Of the stream, as the picture's own flags have it where they disagree."""
    order = FieldOrder(coded)
    if shown not in ("T", "B"):
        return order
    if order.is_interlaced and order.top_first == (shown == "T"):
        return order
    return FieldOrder.TOP_TOP if shown == "T" else FieldOrder.BOTTOM_BOTTOM


def _matrix(data: bytes) -> tuple[int, ...] | None:
    numbers = tuple(int(value) for value in np.frombuffer(data, "<i4"))
    plain = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    return numbers if len(numbers) == 9 and numbers != plain else None


def _timecode(
    container: InputContainer, stream: Stream, side: dict[str, bytes], rate: Fraction | None
) -> str:
    """The timecode of the first frame, from tags or from the coded picture."""
    for tags in (stream.metadata, *(s.metadata for s in container.streams), container.metadata):
        for key, value in tags.items():
            if key.lower() == "timecode":
                return value
    coded = int.from_bytes(side.get("GOP_TIMECODE", b""), "little")
    if coded & ~(_DROPS | _MARKER):  # encoders write zeros where they know none
        return _of_gop(coded)
    packed = np.frombuffer(side.get("S12M_TIMECODE", b""), "<u4")
    if packed.size > 1 and packed[0] and (rate is None or rate <= 30):
        return _of_s12m(int(packed[1]))
    return ""


_DROPS, _MARKER = 1 << 24, 1 << 12


def _of_gop(bits: int) -> str:
    """As MPEG-2's groups of pictures hold it (ISO/IEC 13818-2, 6.3.8)."""
    drop = ";" if bits & _DROPS else ":"
    hours, minutes = bits >> 19 & 0x1F, bits >> 13 & 0x3F
    return f"{hours:02d}:{minutes:02d}:{bits >> 6 & 0x3F:02d}{drop}{bits & 0x3F:02d}"


def _of_s12m(bits: int) -> str:
    """As SMPTE ST 314 packs it in binary coded decimals."""
    drop = ";" if bits >> 30 & 1 else ":"
    digits = f"{bits & 0x3F7F7F3F:08x}"
    return f"{digits[6:8]}:{digits[4:6]}:{digits[2:4]}{drop}{digits[0:2]}"


def _chapters(container: InputContainer) -> Iterator[Chapter]:
    for chapter in container.chapters():
        base = chapter["time_base"] or Fraction(1)
        tags = tuple(sorted(chapter["metadata"].items()))
        yield Chapter(chapter["start"] * base, chapter["end"] * base, tags)


def _passengers(
    container: InputContainer, picture: Stream, side: dict[str, bytes]
) -> Iterator[Passenger]:
    for stream in container.streams:
        if stream.index == picture.index or _is_timecode(stream):
            continue
        kind = _KINDS.get(stream.type, "data")
        if kind == "video" and stream.disposition & Disposition.attached_pic:
            kind = "cover"
        tags = stream.metadata
        label = tags.get("title") or tags.get("filename") or tags.get("language") or ""
        yield Passenger(stream.index, kind, codec_of(stream), label, int(stream.disposition))
    for name in dict.fromkeys(FRAME_SIDE_DATA[key] for key in side if key in FRAME_SIDE_DATA):
        yield Passenger(picture.index, "frames", name)


def codec_of(stream: Stream) -> str:
    """FFmpeg's name of a stream's codec; empty where it has none."""
    if isinstance(stream, AttachmentStream):
        return stream.mimetype or ""
    if stream.codec_context is not None:
        return stream.codec_context.codec.canonical_name
    return str(getattr(stream, "name", None) or "")


def _is_timecode(stream: Stream) -> bool:
    """Whether the stream is the timecode's, or the chapters' text, which writers make anew."""
    handler = stream.metadata.get("handler_name", "")
    return stream.type == "data" and (
        "timecode" in stream.metadata
        or (
            codec_of(stream) in ("bin_data", "smpte_436m_anc")
            and ("Subtitle" in handler or "Chapter" in handler)
        )
    )


def _stream_tags(container: InputContainer, stream: Stream) -> dict[str, str]:
    tags = dict(stream.metadata)
    for other in container.streams:
        if other.type == "data" and "reel_name" in other.metadata:
            tags.setdefault("reel_name", other.metadata["reel_name"])
    return tags
