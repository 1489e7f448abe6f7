# SPDX-License-Identifier: Apache-2.0
"""Numbered images as a clip."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import EvenlightError, FrameError
from ..frames import Array, Frame, every_row
from . import sequence, window
from .ahead import Ahead
from .clip import Missing
from .files import check_name
from .image import ImageHeader, is_exr, read_header, read_pixels
from .image_metadata import stream_format
from .recent import Recent
from .version import Version, check_unchanged, fingerprint

#: Images that are decoded beside the one that is worked on.
_AHEAD = 2


class ImageReader:
    """Reads images; frame numbers are those in the file names.

    An image that is missing between others is an error, the one before it, or black. The frames are
    the data window where all images have the same, else the display window. `layer` names the layer
    that is the picture.
    """

    def __init__(
        self, path: Path, *, look_around: int, missing: Missing = Missing.ERROR, layer: str = ""
    ) -> None:
        self.path = path
        found = sequence.find(path)
        self._files, self._missing, self._layer = found.files, missing, layer
        self.first, self.last = min(found.files), max(found.files)
        if found.n_missing and missing is Missing.ERROR:
            raise found.pattern.hole(list(found.files))
        for file in found.files.values():
            check_name(file)
        self._versions = {n: Version.of(file) for n, file in found.files.items()}
        self.sources = {v.identity: found.files[n] for n, v in self._versions.items()}
        self.fingerprint = fingerprint(
            (found.files[n].name, version) for n, version in self._versions.items()
        )
        self.head = read_header(found.files[self.first], layer)
        self._varies = self._window_varies()
        self.window = self.head.display if self._varies else self.head.window
        self.shape = self.window[3], self.window[2], len(self.head.picture)
        self.dtype = self.head.dtype
        self.encoding = self.head.encoding
        self.format = stream_format(self.head, self.window)
        self.rate: Fraction | None = self.format.rate
        self.notices = (*found.notices, *self._notices(found.n_missing))
        self._recent: Recent[Array] = Recent(look_around)
        self._numbers = list(found.files)
        self._places = {number: place for place, number in enumerate(self._numbers)}
        self._ahead = Ahead(self._read, len(self._numbers) - 1, _AHEAD)

    def frame(self, number: int) -> Frame | None:
        """The image of that number, read when its pixels are wanted."""
        if not self.first <= number <= self.last:
            return None
        if number not in self._versions and self._missing is Missing.BLACK:
            return _ImageFrame(self, None, f"{self.path}:black")
        number = self._stand_in(number)
        return _ImageFrame(self, number, f"{self._files[number]}:{self._versions[number].changed}")

    def header(self, number: int) -> ImageHeader:
        """The description of one image of the clip, which fits the first one's.

        Of one that is missing it is that of the image before.
        """
        number = self._stand_in(number)
        header, head = read_header(self._files[number], self._layer), self.head
        alike = header.display == head.display if self._varies else header.window == self.window
        if not alike or header.shape[2] != head.shape[2]:
            raise FrameError(
                f"frame {number} ({header.path}) is {_described(header)}, and frame "
                f"{self.first} is {_described(head)}; all frames of a clip must be alike"
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
            held = self._ahead.get(self._places[number])
            self._recent.put(number, held, held.nbytes)
        return held

    def _read(self, place: int) -> Array:
        """The picture's channels of the image at a place in the row of those that are there."""
        number = self._numbers[place]
        header = self.header(number)
        pixels = window.placed(read_pixels(header), header.window, self.window)
        check_unchanged(header.path, self._versions[number])
        pixels.flags.writeable = False
        return pixels

    def _window_varies(self) -> bool:
        """Whether images of one display window have several data windows.

        Images of another display window are told when they are read.
        """
        if not is_exr(self.head.path):
            return False
        others = [self._header_if_any(file) for file in list(self._files.values())[1:]]
        return any(
            other.window != self.head.window
            for other in others
            if other is not None and other.display == self.head.display
        )

    def _header_if_any(self, file: Path) -> ImageHeader | None:
        """The description of an image; none of a damaged one, which is told when read."""
        try:
            return read_header(file, self._layer)
        except EvenlightError:
            return None

    def _notices(self, n_missing: int) -> list[str]:
        notices = []
        if n_missing:
            stand_in = "black" if self._missing is Missing.BLACK else "the frame before"
            notices.append(
                f"{n_missing} frames of {self.path} are missing; {stand_in} stands in for them"
            )
        if self.head.others:
            name = self.head.layer.names[:1] or ("the unnamed one",)
            notices.append(
                f"the picture of {self.path.name} is the layer {name[0]}; these are left as they "
                f"are: {self.head.others}"
            )
        if self._varies:
            notices.append(
                f"the data window of {self.path.name} varies; what lies in the display window is "
                "rendered"
            )
        return notices

    def _stand_in(self, number: int) -> int:
        while number not in self._versions:
            number -= 1  # the first is there
        return number

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return self.head.premultiplied

    def close(self) -> None:
        """Let go of what is being read."""
        self._ahead.close()


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
    return f"{width} x {height} at {left}, {top} with {', '.join(header.names)}"
