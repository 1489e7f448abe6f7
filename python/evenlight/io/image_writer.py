# SPDX-License-Identifier: Apache-2.0
"""Numbered images as the place a clip is written to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO

from ..errors import MediaError
from ..frames import Array
from .clip import Reader
from .files import Claim, check_folder, refuse_existing, writing
from .image import ImageHeader, read_pixels
from .image_reader import ImageReader
from .pattern import Pattern
from .video_reader import VideoReader

_CHANNELS = {1: ("Y",), 3: ("R", "G", "B"), 4: ("R", "G", "B", "A")}
#: Depths of each format, the best last; a frame is stored in its own or in the nearest above.
_DEPTHS = {
    ".exr": ("half", "float"),
    ".tif": ("uint8", "uint16", "float"),
    ".tiff": ("uint8", "uint16", "float"),
    ".png": ("uint8", "uint16"),
    ".dpx": ("uint8", "uint16"),
}
_COMMON = {"oiio:ColorSpace", "oiio:UnassociatedAlpha", "PixelAspectRatio", "FramesPerSecond"}
_COMMON |= {"smpte:TimeCode", "DateTime", "ImageDescription", "Copyright", "Artist"}
_STORED = {"uint8": "uint8", "uint16": "uint16", "float16": "half", "float32": "float"}
_ROOM = {"uint8": 8, "half": 11, "uint16": 16, "float": 24}  # bits that a depth can tell apart


class ImageWriter:
    """Writes each image under another name first; metadata come from the image it was made of."""

    def __init__(self, path: Path, source: Reader, numbers: range, *, overwrite: bool) -> None:
        self._pattern = Pattern.parse(path)
        self._source = source
        self._suffix = path.suffix.lower()
        if self._pattern.width is None and len(numbers) > 1:
            raise MediaError(
                f"{path} is one image and the clip has {len(numbers)} frames; write the place of "
                f"the number, as in {path.stem}.####{path.suffix}"
            )
        if not overwrite:
            for number in numbers:
                refuse_existing(self._pattern.file(number))
        check_folder(self._pattern.file(numbers[0]))
        self.notices = _scale_notices(source, self._suffix)
        if source.shape[2] == 4 and self._suffix in (".jpg", ".jpeg"):
            self.notices.append(f"alpha does not fit into {path.name} and was left out")
        if isinstance(source, VideoReader) and source.format.display_matrix:
            self.notices.append(
                f"{source.path.name} is shown turned or mirrored; the images are as they were "
                "filmed"
            )

    def write(self, number: int, pixels: Array) -> None:
        """Write one image, whole or not at all."""
        spec, pixels = self._described(number, pixels)
        file = self._pattern.file(number)
        claim = Claim(file)
        try:
            _write(claim.partial, file, spec, pixels)
            claim.publish()
        finally:
            claim.drop()

    def finish(self) -> None:
        """Every image has its name already."""

    def discard(self) -> None:
        """Images that are whole stay."""

    def _described(self, number: int, pixels: Array) -> tuple[OpenImageIO.ImageSpec, Array]:
        """The specification to write with, and all the channels."""
        height, width, channels = pixels.shape
        depth = self._depth(pixels.dtype)
        if not isinstance(self._source, ImageReader):
            spec = OpenImageIO.ImageSpec(width, height, channels, depth)
            spec.channelnames = _CHANNELS[channels]
            return spec, pixels
        header = self._source.header(number)
        names = tuple(header.spec.channelnames[index] for index in header.picture)
        if self._suffix != header.path.suffix.lower():
            return _translated(header, depth, names), pixels
        spec = header.spec
        if spec.nchannels == channels and header.picture == tuple(range(channels)):
            return spec, pixels
        whole = read_pixels(header)  # what is not of the picture goes along
        whole[..., list(header.picture)] = pixels
        return spec, whole

    def _depth(self, dtype: np.dtype[np.generic]) -> str:
        wanted = _STORED[dtype.name]
        depths = _DEPTHS.get(self._suffix, ("uint8",))
        enough = [depth for depth in depths if _ROOM[depth] >= _ROOM[wanted]]
        return enough[0] if enough else depths[-1]


def _scale_notices(source: Reader, suffix: str) -> list[str]:
    """A notice where readers of the output will take its numbers for another encoding."""
    linear = "lin" in source.encoding
    if linear == (suffix == ".exr") or (
        not linear and isinstance(source, ImageReader) and source.path.suffix.lower() == ".exr"
    ):
        return []
    kind = "linear light" if linear else "not linear light"
    return [
        f"the numbers of {source.path.name} are {kind} and were written to {suffix} as they are"
    ]


def _translated(header: ImageHeader, depth: str, names: tuple[str, ...]) -> OpenImageIO.ImageSpec:
    """A specification for another format, with what formats have in common."""
    theirs = header.spec
    spec = OpenImageIO.ImageSpec(theirs.width, theirs.height, len(names), depth)
    spec.channelnames = names
    for edge in ("x", "y", "full_x", "full_y", "full_width", "full_height"):
        setattr(spec, edge, getattr(theirs, edge))
    for attribute in theirs.extra_attribs:
        if attribute.name in _COMMON:
            spec.attribute(attribute.name, attribute.type, attribute.value)
    return spec


def _write(partial: Path, file: Path, spec: OpenImageIO.ImageSpec, pixels: Array) -> None:
    out = OpenImageIO.ImageOutput.create(str(partial))
    if out is None:
        reason = OpenImageIO.geterror()
        raise MediaError(f"{file} cannot be written: {_line(reason)}")
    whole = out.open(str(partial), spec) and out.write_image(np.ascontiguousarray(pixels))
    whole = out.close() and whole  # close says what write_image had no need to
    if not whole:
        with writing(file):  # the system's own word is plainer, where it still says it
            _ask_the_disk(partial, pixels.nbytes)
        raise MediaError(f"{file} cannot be written: {_line(out.geterror())}")


def _ask_the_disk(partial: Path, size: int) -> None:
    with partial.open("wb") as trial:
        trial.write(bytes(size))


def _line(reason: str) -> str:
    return " ".join(reason.split()) or "the format gives no reason"
