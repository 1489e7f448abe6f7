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
from .image_plan import ImagePlan
from .image_reader import ImageReader
from .pattern import Pattern
from .window import put

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
        self._plan = ImagePlan(path, source)

    @property
    def notices(self) -> list[str]:
        """Sentences about what of the source is not kept as it was."""
        return self._plan.notices()

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
            parts, is_copy = [(self._plan.made(number), pixels)], False
        else:
            header = source.header(number)
            is_copy = self._plan.is_like(header)
            if is_copy and is_exr(file):
                exr.write_like(header, partial, pixels, source.window, self._level)
                return
            if is_copy:
                parts = _with_picture(header, pixels, source)
            else:
                parts = [(self._plan.translated(header, source), pixels)]
        for spec, _ in parts:
            compress(spec, self._suffix, self._level, is_copy=is_copy)
        _write_parts(partial, file, parts)


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
