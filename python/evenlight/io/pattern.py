# SPDX-License-Identifier: Apache-2.0
"""Names of numbered images: `name.%04d.exr`, `name.####.exr`, `name.@@@@.exr`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import FrameError, MediaError

_PLACE = re.compile(r"%0?(?P<width>\d*)d|(?P<marks>#+|@+)")
IMAGE_SUFFIXES = {".exr", ".dpx", ".cin", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".tga"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A file name with a place for the frame number; or one image, without a place."""

    folder: Path
    before: str
    after: str
    width: int | None  # digits; None for one image without a number

    @classmethod
    def parse(cls, path: Path) -> Pattern:
        """The pattern that `path` writes out."""
        places = list(_PLACE.finditer(path.name))
        if len(places) > 1:
            raise MediaError(
                f"{path} has {len(places)} places for the frame number; it must have one"
            )
        if not places:
            return cls(path.parent, path.name, "", None)
        place = places[0]
        width = len(place["marks"]) if place["marks"] else int(place["width"] or 1)
        return cls(path.parent, path.name[: place.start()], path.name[place.end() :], width)

    def __str__(self) -> str:
        """As it is typed, with a # for each digit."""
        marks = "" if self.width is None else "#" * self.width
        return str(self.folder / f"{self.before}{marks}{self.after}")

    def file(self, number: int) -> Path:
        """The image of one frame."""
        digits = "" if self.width is None else f"{number:0{self.width}d}"
        return self.folder / f"{self.before}{digits}{self.after}"

    def numbers(self) -> list[int]:
        """Frames on disk, rising; raises MediaError where there are none."""
        if self.width is None:
            if not self.file(1).is_file():
                raise MediaError(f"{self} does not exist")
            return [1]
        if not self.folder.is_dir():
            raise MediaError(f"{self} cannot be read: there is no folder {self.folder}")
        shape = re.compile(re.escape(self.before) + r"(-?\d+)" + re.escape(self.after))
        matches = (shape.fullmatch(entry.name) for entry in self.folder.iterdir())
        found = {int(match[1]): match.string for match in matches if match}
        numbers = sorted(number for number, name in found.items() if name == self.file(number).name)
        if not numbers:
            raise MediaError(f"there is no image named like {self}")
        return numbers

    def hole(self, numbers: list[int]) -> FrameError:
        """A sentence about numbers that have a hole, naming the first frame that is missing."""
        whole = range(numbers[0], numbers[-1] + 1)
        missing = sorted(set(whole).difference(numbers))
        return FrameError(
            f"frame {missing[0]} is missing ({self.file(missing[0])}); {len(missing)} of the "
            f"frames {whole[0]} to {whole[-1]} are not there; bring them, or choose "
            "--missing hold or --missing black"
        )
