# SPDX-License-Identifier: Apache-2.0
"""Names of numbered images: `name.%04d.exr`, `name.####.exr`, `name.@@@@.exr`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import FrameError, MediaError

_PRINTF = re.compile(r"%0?(?P<width>\d*)d")
#: One mark alone before a digit is part of the name: `Reel #3.png`, `take@2x.png`.
_MARKS = re.compile(r"##+|@@+|[#@](?!\d)")
IMAGE_SUFFIXES = {".exr", ".dpx", ".cin", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".tga"}
#: Endings of files that are one video whatever else is in their names: `Reel #3.mp4`.
_VIDEO_SUFFIXES = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mxf", ".ts", ".m2ts", ".mts"}
_VIDEO_SUFFIXES |= {".mpg", ".mpeg", ".vob", ".ogv", ".3gp", ".flv", ".wmv", ".dv", ".nut"}


def names_images(path: Path) -> bool:
    """Whether a name is that of images, not of a video."""
    suffix = path.suffix.lower()
    if suffix in IMAGE_SUFFIXES | _VIDEO_SUFFIXES:
        return suffix in IMAGE_SUFFIXES
    return Pattern.parse(path).width is not None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A file name with a place for the frame number; or one image, without a place."""

    folder: Path
    before: str
    after: str
    width: int | None  # digits; None for one image without a number

    @classmethod
    def parse(cls, path: Path) -> Pattern:
        """The pattern that `path` writes out.

        Of several places `%04d` is the number's before `####`, then the longest, then the last.
        """
        places = list(_PRINTF.finditer(path.name)) or list(_MARKS.finditer(path.name))
        if not places:
            return cls(path.parent, path.name, "", None)
        place = max(reversed(places), key=lambda one: len(one[0]))
        marked = len(place[0]) if place.re is _MARKS else int(place["width"] or 1)
        return cls(path.parent, path.name[: place.start()], path.name[place.end() :], marked)

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
        first, last = numbers[0], numbers[-1]
        missing = next(at for at, number in enumerate(numbers, first) if at != number)
        return FrameError(
            f"frame {missing} is missing ({self.file(missing)}); {last - first + 1 - len(numbers)} "
            f"of the frames {first} to {last} are not there; bring them, or choose --missing hold "
            f"or --missing black; to take those that are there one after the other, name them as "
            f"{self.folder / (self.before + '*' + self.after)}"
        )
