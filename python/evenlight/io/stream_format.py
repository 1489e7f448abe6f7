# SPDX-License-Identifier: Apache-2.0
"""Description of a stream of pictures: all that a file says of them, and what travels beside them.

Readers fill it, the choice of an encoder turns it into what a container can hold, writers write it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction

#: H.273's number for a property that is not said.
UNSPECIFIED = 2
LIMITED_RANGE, FULL_RANGE = 1, 2  # libavutil's numbers; 0 where it is not said

_PRIMARIES = {1: "BT.709", 4: "BT.470M", 5: "BT.601 (625)", 6: "BT.601 (525)", 7: "SMPTE 240M"}
_PRIMARIES |= {8: "film", 9: "BT.2020", 10: "XYZ", 11: "DCI-P3", 12: "Display P3", 22: "EBU 3213"}
_TRANSFERS = {1: "BT.709", 4: "gamma 2.2", 5: "gamma 2.8", 6: "BT.601", 7: "SMPTE 240M"}
_TRANSFERS |= {8: "linear", 9: "log 100", 10: "log 316", 11: "xvYCC", 12: "BT.1361", 13: "sRGB"}
_TRANSFERS |= {14: "BT.2020", 15: "BT.2020", 16: "PQ", 17: "SMPTE 428", 18: "HLG"}
_MATRICES = {0: "RGB", 1: "BT.709", 4: "FCC", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M"}
_MATRICES |= {8: "YCgCo", 9: "BT.2020", 10: "BT.2020 constant", 14: "ICtCp"}
_RANGES = {LIMITED_RANGE: "limited", FULL_RANGE: "full"}


class FieldOrder(IntEnum):
    """Order of fields, by libavcodec's numbers: the field coded first, the one shown first."""

    UNKNOWN = 0
    PROGRESSIVE = 1
    TOP_TOP = 2
    BOTTOM_BOTTOM = 3
    TOP_BOTTOM = 4
    BOTTOM_TOP = 5

    @property
    def is_interlaced(self) -> bool:
        """Whether a picture holds two fields of two times."""
        return self > FieldOrder.PROGRESSIVE

    @property
    def top_first(self) -> bool:
        """Whether the top field is shown first."""
        return self in (FieldOrder.TOP_TOP, FieldOrder.BOTTOM_TOP)

    def __str__(self) -> str:
        """In words."""
        if not self.is_interlaced:
            return self.name.lower()
        return f"interlaced, {'top' if self.top_first else 'bottom'} field first"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named span of time, in seconds."""

    begin: Fraction
    end: Fraction
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passenger:
    """A stream beside the picture: sound, subtitles, an attachment, a cover, data."""

    index: int
    kind: str  # audio, subtitle, attachment, cover, video, data
    codec: str
    #: What a viewer would call it: its title, its file name or its language.
    label: str = ""
    #: libavformat's flags: default, forced, ...
    disposition: int = 0

    def __str__(self) -> str:
        """As a report names it."""
        label = f" {self.label!r}" if self.label else ""
        return f"{self.kind} stream {self.index}{label} ({self.codec or 'unknown'})"


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """Format of a stream of pictures, which a file on disk has or is to have."""

    width: int
    height: int
    #: Codec by its family: h264, prores, ...; empty for images.
    family: str = ""
    profile: str = ""
    #: FFmpeg's name of the format of pixels; empty for images.
    pixel_format: str = ""
    #: 4:2:0, 4:2:2, 4:4:4, ..., RGB or grey.
    sampling: str = "RGB"
    depth: int = 8  # bits of a sample
    alpha: bool = False
    range: int = 0
    #: H.273's numbers.
    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    #: Place of chroma samples: left, center, topleft, ...; empty where it is not said.
    chroma_place: str = ""
    #: Width of a pixel over its height; None where it is not said.
    sample_aspect: Fraction | None = None
    field_order: FieldOrder = FieldOrder.UNKNOWN
    #: The same as the container has it, which may say less or name it by the order of coding.
    container_field_order: FieldOrder = FieldOrder.UNKNOWN
    #: Frames per second; None where it is not said.
    rate: Fraction | None = None
    #: Of frame `first`: 01:00:00:00, with ; before the frames where numbers are dropped.
    timecode: str = ""
    #: Nine numbers as libavutil has them, which turn and mirror the picture on screen.
    display_matrix: tuple[int, ...] | None = None
    #: Packed structures of libavutil by name: MASTERING_DISPLAY_METADATA, CONTENT_LIGHT_LEVEL, ...
    side_data: tuple[tuple[str, bytes], ...] = ()
    disposition: int = 0
    chapters: tuple[Chapter, ...] = ()
    passengers: tuple[Passenger, ...] = ()
    #: Tags of the file and of the stream: title, creation_time, ...
    tags: dict[str, str] = field(default_factory=dict)
    stream_tags: dict[str, str] = field(default_factory=dict)
    #: Bits of the coded stream in a second; 0 where it is not known.
    bit_rate: int = 0

    @property
    def is_rgb(self) -> bool:
        """Whether samples are red, green and blue."""
        return self.sampling == "RGB"

    def side(self, name: str) -> bytes:
        """A structure of the side data; empty where there is none."""
        return dict(self.side_data).get(name, b"")

    def lines(self) -> Iterator[tuple[str, str]]:
        """Names and values of what the stream is."""
        yield "size", f"{self.width} x {self.height}"
        if self.family:
            yield "codec", f"{self.family} {self.profile}".rstrip()
        alpha = " with alpha" if self.alpha else ""
        yield "samples", f"{self.sampling}, {self.depth} bits{alpha}"
        yield "colour", ", ".join(self._colours()) or "not said"
        if self.sample_aspect not in (None, 1):
            yield "pixel aspect", str(self.sample_aspect).replace("/", ":")
        yield "fields", str(self.field_order)
        if self.rate:
            yield "rate", f"{float(self.rate):.6g} frames/s ({self.rate})"
        if self.timecode:
            yield "timecode", self.timecode
        if self.display_matrix:
            yield "shown", "turned or mirrored by a display matrix"
        for name, _ in self.side_data:
            yield "side data", name.lower().replace("_", " ")
        if self.chapters:
            yield "chapters", str(len(self.chapters))
        for passenger in self.passengers:
            yield "beside it", str(passenger)

    def _colours(self) -> Iterator[str]:
        named = (
            ("matrix", _MATRICES.get(self.matrix)),
            ("primaries", _PRIMARIES.get(self.primaries)),
            ("transfer", _TRANSFERS.get(self.transfer)),
            ("range", _RANGES.get(self.range)),
            ("chroma", self.chroma_place),
        )
        yield from (f"{name} {value}" for name, value in named if value)
