# SPDX-License-Identifier: Apache-2.0
"""Plan of images to be written: their specification, and what is kept or left behind.

It is made before the first frame is rendered, and the writer does what it says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import OpenImageIO

from .clip import Reader
from .image import ImageHeader, is_exr
from .image_metadata import carry, describe, left_behind, said
from .image_reader import ImageReader
from .output_plan import Report
from .video_reader import VideoReader

_CHANNELS = {1: ("Y",), 3: ("R", "G", "B"), 4: ("R", "G", "B", "A")}
#: Depths of each format, the best last; a frame is stored in its own or in the nearest above.
DEPTHS = {
    ".exr": ("half", "float"),
    ".tif": ("uint8", "uint16", "float"),
    ".tiff": ("uint8", "uint16", "float"),
    ".png": ("uint8", "uint16"),
    ".dpx": ("uint8", "uint16"),
}
_STORED = {"uint8": "uint8", "uint16": "uint16", "float16": "half", "float32": "float"}
_ROOM = {"uint8": 8, "half": 11, "uint16": 16, "float": 24}  # bits that a depth can tell apart
_ALIKE = ({".tif", ".tiff"}, {".jpg", ".jpeg"})


class ImagePlan:
    """The way images are written."""

    def __init__(self, path: Path, source: Reader) -> None:
        self._path, self._source = path, source
        self._suffix = path.suffix.lower()

    def is_like(self, header: ImageHeader) -> bool:
        """Whether the output has the format of an image, so that all in it can stay."""
        theirs = header.path.suffix.lower()
        return theirs == self._suffix or any({self._suffix, theirs} <= kinds for kinds in _ALIKE)

    def made(self, number: int) -> Any:
        """The specification of an image that is made of a video's frame."""
        height, width, channels = self._source.shape
        spec = OpenImageIO.ImageSpec(width, height, channels, self.depth)
        spec.channelnames = _CHANNELS[channels]
        describe(spec, self._source.format, number - self._source.first)
        return spec

    def translated(self, header: ImageHeader, source: ImageReader) -> Any:
        """A specification of an image of another format, with what formats have in common."""
        left, top, width, height = source.window
        spec = OpenImageIO.ImageSpec(width, height, len(header.picture), self.depth)
        spec.channelnames = _CHANNELS[len(header.picture)]
        spec.x, spec.y = left, top
        spec.full_x, spec.full_y, spec.full_width, spec.full_height = header.display
        carry(header.spec, spec)
        return spec

    @property
    def depth(self) -> str:
        """OpenImageIO's name of the depth."""
        wanted = _STORED[self._source.dtype.name]
        if isinstance(self._source, VideoReader) and self._suffix == ".exr":
            wanted = "half" if self._source.format.depth <= _ROOM["half"] else "float"
        depths = DEPTHS.get(self._suffix, ("uint8",))
        enough = [depth for depth in depths if _ROOM[depth] >= _ROOM[wanted]]
        return enough[0] if enough else depths[-1]

    def report(self) -> Report:
        """Fates of all that the source holds."""
        source = self._source
        if isinstance(source, ImageReader) and self.is_like(source.head):
            levels = ("smaller copies of the picture inside",) if source.head.has_levels else ()
            return Report(("all of each image but its picture",), (), levels)
        lost, converted, alpha = [], [], source.shape[2] == 4
        if alpha and self._suffix in (".jpg", ".jpeg"):
            lost.append("alpha")
        if isinstance(source, ImageReader):
            spec, own = self.translated(source.head, source), _STORED[source.dtype.name]
            lost += _beside(source.head)
            converted += [] if own == self.depth else [f"depth {own} becomes {self.depth}"]
        else:
            spec = self.made(source.first)
            lost += [str(passenger) for passenger in source.format.passengers]
        lost += left_behind(spec, self._suffix)
        kept = [*(["alpha"] if alpha else ()), *said(spec)]
        return Report(
            tuple(what for what in kept if what not in lost), tuple(converted), tuple(lost)
        )

    def notices(self) -> list[str]:
        """Sentences about what readers of the output must know."""
        report = self.report()
        behind = [
            f"{what} does not fit into {self._path.name} and is left behind"
            for what in report.left_behind
        ]
        return [*self._scale(), *behind]

    def _scale(self) -> list[str]:
        """A notice where readers of the output will take its numbers for another encoding."""
        source = self._source
        linear = "lin" in source.encoding
        if linear == (self._suffix == ".exr") or (
            not linear and isinstance(source, ImageReader) and is_exr(source.head.path)
        ):
            return []
        kind = "linear light" if linear else "not linear light"
        return [
            f"the numbers of {source.path.name} are {kind} and are written to {self._suffix} as "
            "they are"
        ]


def _beside(header: ImageHeader) -> list[str]:
    """Names of what an image has beside its picture."""
    lost = []
    if header.spec.nchannels > len(header.picture):
        lost.append("what is beside the picture's channels")
    if len(header.specs) > 1:
        lost.append(f"{len(header.specs) - 1} more parts or pages")
    return lost
