# SPDX-License-Identifier: Apache-2.0
"""Numbered images as a clip."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import FrameError
from ..frames import Array, Frame
from .image import ImageHeader, read_header, read_pixels
from .pattern import Pattern
from .recent import Recent


class ImageReader:
    """Reads numbered images; frame numbers are those in the file names."""

    def __init__(self, path: Path, *, look_around: int) -> None:
        self.path = path
        self.pattern = Pattern.parse(path)
        numbers = self.pattern.numbers()
        self.first, self.last = numbers[0], numbers[-1]
        self._head = read_header(self.pattern.file(self.first))
        self.shape = self._head.shape
        self.dtype = self._head.dtype
        self.encoding = self._head.encoding
        self.rate: Fraction | None = None
        self.notices: tuple[str, ...] = ()
        self._recent: Recent[Array] = Recent(look_around)

    def frame(self, number: int) -> Frame | None:
        """The image of that number, read when its pixels are wanted."""
        if not self.first <= number <= self.last:
            return None
        file = self.pattern.file(number)
        return _ImageFrame(self, number, f"{file}:{_changed(file)}")

    def header(self, number: int) -> ImageHeader:
        """The description of one image of the clip, which fits the first one's."""
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

    def picture(self, number: int) -> Array:
        """The picture's channels of one image, (H, W, C)."""
        pixels = self._recent.get(number)
        if pixels is None:
            header = self.header(number)
            pixels = np.ascontiguousarray(read_pixels(header)[..., list(header.picture)])
            pixels.flags.writeable = False
            self._recent.put(number, pixels, pixels.nbytes)
        return pixels

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return self._head.premultiplied

    def close(self) -> None:
        """Nothing is kept open."""


@dataclass(frozen=True, slots=True)
class _ImageFrame:
    reader: ImageReader
    number: int
    identifier: str

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.reader.shape

    @property
    def premultiplied(self) -> bool:
        return self.reader.premultiplied

    def pixels(self) -> Array:
        return self.reader.picture(self.number)

    def rows(self, step: int) -> Array:
        pixels = self.pixels()
        return pixels[step // 2 :: step] if pixels.shape[0] > step // 2 else pixels[:1]


def _changed(file: Path) -> int:
    """When the file was changed last; 0 where it has gone, which reading it will tell."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _described(header: ImageHeader) -> str:
    left, top, width, height = header.window
    channels = ", ".join(header.spec.channelnames[index] for index in header.picture)
    return f"{width} x {height} at {left}, {top} with {channels}"
