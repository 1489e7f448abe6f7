# SPDX-License-Identifier: Apache-2.0
"""Numbered images as a clip."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import FrameError
from ..frames import Array, Frame, every_row
from .clip import Missing
from .image import ImageHeader, read_header, read_pixels
from .pattern import Pattern
from .recent import Recent
from .version import Version, check_unchanged, fingerprint


class ImageReader:
    """Reads numbered images; frame numbers are those in the file names.

    An image that is missing between others is an error, the one before it, or black.
    """

    def __init__(self, path: Path, *, look_around: int, missing: Missing = Missing.ERROR) -> None:
        self.path = path
        self.pattern = Pattern.parse(path)
        numbers = self.pattern.numbers()
        self.first, self.last = numbers[0], numbers[-1]
        n_missing = self.last - self.first + 1 - len(numbers)
        if n_missing and missing is Missing.ERROR:
            raise self.pattern.hole(numbers)
        self._missing = missing
        self._versions = {n: Version.of(self.pattern.file(n)) for n in numbers}
        self.sources = {v.identity: self.pattern.file(n) for n, v in self._versions.items()}
        self.fingerprint = fingerprint(
            (self.pattern.file(n).name, version) for n, version in self._versions.items()
        )
        self._head = read_header(self.pattern.file(self.first))
        self.shape = self._head.shape
        self.dtype = self._head.dtype
        self.encoding = self._head.encoding
        self.rate: Fraction | None = None
        stand_in = "black" if missing is Missing.BLACK else "the frame before"
        self.notices: tuple[str, ...] = (
            (f"{n_missing} frames of {path} are missing; {stand_in} stands in for them",)
            if n_missing
            else ()
        )
        self._recent: Recent[Array] = Recent(look_around)

    def frame(self, number: int) -> Frame | None:
        """The image of that number, read when its pixels are wanted."""
        if not self.first <= number <= self.last:
            return None
        if number not in self._versions and self._missing is Missing.BLACK:
            return _ImageFrame(self, None, f"{self.path}:black")
        number = self._stand_in(number)
        return _ImageFrame(self, number, f"{self.pattern.file(number)}:{self._changed(number)}")

    def header(self, number: int) -> ImageHeader:
        """The description of one image of the clip, which fits the first one's.

        Of one that is missing it is that of the image before.
        """
        number = self._stand_in(number)
        header = read_header(self.pattern.file(number))
        if (header.window, header.shape) != (self._head.window, self._head.shape):
            raise FrameError(
                f"frame {number} ({header.path}) is {_described(header)}, and frame "
                f"{self.first} is {_described(self._head)}; all frames of a clip must be alike"
            )
        if header.dtype != self.dtype:
            raise FrameError(
                f"frame {number} ({header.path}) has {header.dtype} pixels, and frame {self.first} "
                f"has {self.dtype}; all frames of a clip must be alike"
            )
        return header

    def picture(self, number: int | None) -> Array:
        """The picture's channels of one image, (H, W, C); black where there is no number."""
        if number is None:
            pixels = np.zeros(self.shape, self.dtype)
            pixels[..., 3:] = {"uint8": 0xFF, "uint16": 0xFFFF}.get(self.dtype.name, 1)
            pixels.flags.writeable = False
            return pixels
        held = self._recent.get(number)
        if held is None:
            header = self.header(number)
            held = np.ascontiguousarray(read_pixels(header)[..., list(header.picture)])
            check_unchanged(header.path, self._versions[number])
            held.flags.writeable = False
            self._recent.put(number, held, held.nbytes)
        return held

    def _stand_in(self, number: int) -> int:
        while number not in self._versions:
            number -= 1  # the first is there
        return number

    def _changed(self, number: int) -> int:
        return self._versions[number].changed

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return self._head.premultiplied

    def close(self) -> None:
        """Nothing is kept open."""


@dataclass(frozen=True, slots=True)
class _ImageFrame:
    reader: ImageReader
    number: int | None
    identifier: str

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.reader.shape

    @property
    def premultiplied(self) -> bool:
        return self.reader.premultiplied

    @property
    def corner(self) -> tuple[int, int]:
        return 0, 0

    def pixels(self) -> Array:
        return self.reader.picture(self.number)

    def rows(self, step: int) -> Array:
        return self.pixels()[every_row(self.shape[0], step)]


def _described(header: ImageHeader) -> str:
    left, top, width, height = header.window
    channels = ", ".join(header.spec.channelnames[index] for index in header.picture)
    return f"{width} x {height} at {left}, {top} with {channels}"
