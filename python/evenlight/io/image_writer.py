# SPDX-License-Identifier: Apache-2.0
"""Numbered images as the place a clip is written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO

from ..errors import MediaError
from ..frames import Array
from . import exr
from .clip import Reader
from .files import Claim, check_folder, refuse_existing, writing
from .image import ImageHeader, is_exr, read_whole
from .image_compression import compress
from .image_metadata import carry, describe, left_behind
from .image_reader import ImageReader
from .pattern import Pattern
from .video_reader import VideoReader
from .window import put

_CHANNELS = {1: ("Y",), 3: ("R", "G", "B"), 4: ("R", "G", "B", "A")}
#: Depths of each format, the best last; a frame is stored in its own or in the nearest above.
_DEPTHS = {
    ".exr": ("half", "float"),
    ".tif": ("uint8", "uint16", "float"),
    ".tiff": ("uint8", "uint16", "float"),
    ".png": ("uint8", "uint16"),
    ".dpx": ("uint8", "uint16"),
}
_STORED = {"uint8": "uint8", "uint16": "uint16", "float16": "half", "float32": "float"}
_ROOM = {"uint8": 8, "half": 11, "uint16": 16, "float": 24}  # bits that a depth can tell apart

#: A specification and the pixels (H, W, N) of one part or page.
Part = tuple[Any, Array]


class ImageWriter:
    """Writes each image under another name first; metadata come from the image it was made of.

    An image of the source's format is the source's with another picture: its other layers, parts
    and pages go along as they are.
    """

    def __init__(
        self,
        path: Path,
        source: Reader,
        numbers: range,
        *,
        overwrite: bool,
        compression: int | None = None,
    ) -> None:
        self._pattern = Pattern.parse(path)
        self._source = source
        self._suffix, self._level = path.suffix.lower(), compression
        if self._pattern.width is None and len(numbers) > 1:
            raise MediaError(
                f"{path} is one image and the clip has {len(numbers)} frames; write the place of "
                f"the number, as in {path.stem}.####{path.suffix}"
            )
        if not overwrite:
            for number in numbers:
                refuse_existing(self._pattern.file(number))
        check_folder(self._pattern.file(numbers[0]))
        self.notices = [*_scale_notices(source, self._suffix), *self._losses(path.name)]

    def write(self, number: int, pixels: Array) -> None:
        """Write one image, whole or not at all."""
        file = self._pattern.file(number)
        claim = Claim(file)
        try:
            with writing(file):
                self._write(number, pixels, claim.partial, file)
            claim.publish()
        finally:
            claim.drop()

    def finish(self) -> None:
        """Every image has its name already."""

    def discard(self) -> None:
        """Images that are whole stay."""

    def _write(self, number: int, pixels: Array, partial: Path, file: Path) -> None:
        source = self._source
        if not isinstance(source, ImageReader):
            parts, is_copy = [(self._made(number, pixels.dtype), pixels)], False
        else:
            header = source.header(number)
            is_copy = self._is_like(header)
            if is_copy and is_exr(file):
                exr.write_like(header, partial, pixels, source.window, self._level)
                return
            made = _translated(header, source, self._depth(pixels.dtype))
            parts = _with_picture(header, pixels, source) if is_copy else [(made, pixels)]
        for spec, _ in parts:
            compress(spec, self._suffix, self._level, is_copy=is_copy)
        _write_parts(partial, file, parts)

    def _is_like(self, header: ImageHeader) -> bool:
        """Whether the output has the format of the image."""
        alike = ({".tif", ".tiff"}, {".jpg", ".jpeg"}, {self._suffix})
        return any({self._suffix, header.path.suffix.lower()} <= kinds for kinds in alike)

    def _made(self, number: int, dtype: np.dtype[np.generic]) -> Any:
        """The specification of an image that is made of a video's frame."""
        height, width, channels = self._source.shape
        spec = OpenImageIO.ImageSpec(width, height, channels, self._depth(dtype))
        spec.channelnames = _CHANNELS[channels]
        describe(spec, self._source.format, number - self._source.first)
        return spec

    def _depth(self, dtype: np.dtype[np.generic]) -> str:
        wanted = _STORED[dtype.name]
        if isinstance(self._source, VideoReader) and self._suffix == ".exr":
            wanted = "half" if self._source.format.depth <= _ROOM["half"] else "float"
        depths = _DEPTHS.get(self._suffix, ("uint8",))
        enough = [depth for depth in depths if _ROOM[depth] >= _ROOM[wanted]]
        return enough[0] if enough else depths[-1]

    def _losses(self, name: str) -> list[str]:
        """Sentences about what the output cannot hold."""
        source, lost = self._source, []
        if isinstance(source, ImageReader) and self._is_like(source.head):
            inside = "smaller copies of the picture inside it are left out of"
            return [f"{inside} {name}"] if source.head.has_levels else []
        if source.shape[2] == 4 and self._suffix in (".jpg", ".jpeg"):
            lost.append("alpha")
        if isinstance(source, ImageReader):
            spec = _translated(source.head, source, self._depth(source.dtype))
            lost += _beside(source.head)
        else:
            spec = self._made(source.first, source.dtype)
        lost += left_behind(spec, self._suffix)
        return [f"{what} does not fit into {name} and is left behind" for what in lost]


def _beside(header: ImageHeader) -> list[str]:
    """Passengers of an image, beside its picture."""
    lost = []
    if header.spec.nchannels > len(header.picture):
        lost.append("what is beside the picture's channels")
    if len(header.specs) > 1:
        lost.append(f"{len(header.specs) - 1} more parts or pages")
    return lost


def _scale_notices(source: Reader, suffix: str) -> list[str]:
    """A notice where readers of the output will take its numbers for another encoding."""
    linear = "lin" in source.encoding
    if linear == (suffix == ".exr") or (
        not linear and isinstance(source, ImageReader) and is_exr(source.head.path)
    ):
        return []
    kind = "linear light" if linear else "not linear light"
    return [
        f"the numbers of {source.path.name} are {kind} and were written to {suffix} as they are"
    ]


def _translated(header: ImageHeader, source: ImageReader, depth: str) -> Any:
    """A specification for another format, with what formats have in common."""
    left, top, width, height = source.window
    spec = OpenImageIO.ImageSpec(width, height, len(header.picture), depth)
    spec.channelnames = _CHANNELS[len(header.picture)]
    spec.x, spec.y = left, top
    spec.full_x, spec.full_y, spec.full_width, spec.full_height = header.display
    carry(header.spec, spec)
    return spec


def _with_picture(header: ImageHeader, pixels: Array, source: ImageReader) -> list[Part]:
    """All parts of an image, with `pixels` as its picture."""
    spec = header.spec
    if len(header.specs) == 1 and header.picture == tuple(range(spec.nchannels)):
        return [(spec, pixels)]
    parts = read_whole(header.path)
    whole = parts[header.layer.part][1]
    for place, index in enumerate(header.picture):
        put(pixels[..., place], source.window, whole[..., index], header.window)
    return parts


def _write_parts(partial: Path, file: Path, parts: list[Part]) -> None:
    out = OpenImageIO.ImageOutput.create(str(partial))
    if out is None:
        reason = OpenImageIO.geterror()
        raise MediaError(f"{file} cannot be written: {_line(reason)}")
    whole = True
    for place, (spec, pixels) in enumerate(parts):
        mode = "AppendSubimage" if place else "Create"
        whole = whole and out.open(str(partial), spec, mode)
        whole = whole and out.write_image(np.ascontiguousarray(pixels))
    whole = out.close() and whole  # close says what write_image had no need to
    if not whole:
        # The system's own word is plainer, where it still says it.
        _ask_the_disk(partial, sum(pixels.nbytes for _, pixels in parts))
        raise MediaError(f"{file} cannot be written: {_line(out.geterror())}")


def _ask_the_disk(partial: Path, size: int) -> None:
    with partial.open("wb") as trial:
        trial.write(bytes(size))


def _line(reason: str) -> str:
    return " ".join(reason.split()) or "the format gives no reason"
