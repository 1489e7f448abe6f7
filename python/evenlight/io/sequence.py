# SPDX-License-Identifier: Apache-2.0
"""Files of a clip of images: of a pattern, a folder, or a name with `*`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import MediaError
from .pattern import IMAGE_SUFFIXES, Pattern, names_images

_WILD = re.compile(r"[*?]|\[.+\]")
_DIGITS = re.compile(r"\d+")
#: The number in a name: its last digits, and a sign where it cannot be a dash.
_NUMBER = re.compile(r"(?P<number>(?:(?<=[._ ])-)?\d+)(?P<after>\D*)$")


@dataclass(frozen=True, slots=True)
class Sequence:
    """Images by the numbers of their frames."""

    pattern: Pattern
    files: dict[int, Path]  # rising
    notices: tuple[str, ...] = ()

    @property
    def n_missing(self) -> int:
        """Frames that are missing between others."""
        numbers = list(self.files)
        return numbers[-1] - numbers[0] + 1 - len(numbers)


def is_sequence(path: Path) -> bool:
    """Whether a clip to be read is of images: a file that exists is that file, else its name says.

    Folders and names with `*` are.
    """
    if path.is_file():
        return path.suffix.lower() in IMAGE_SUFFIXES
    return path.is_dir() or _is_wild(path) or names_images(path)


def find(path: Path) -> Sequence:
    """The images that `path` names; raises MediaError where there are none.

    One file is frame 1. Images of a folder, or of a name with `*`, come in their natural order
    (`2` before `10`); they keep the numbers in their names where these have no hole.
    """
    if path.is_file():
        return Sequence(Pattern(path.parent, path.name, "", None), {1: path})
    pattern = Pattern.parse(path)
    if path.is_dir():
        return _listed(path, path.iterdir())
    if pattern.width is None and _is_wild(path):
        return _listed(path, path.parent.glob(path.name))
    return Sequence(pattern, {number: pattern.file(number) for number in pattern.numbers()})


def _is_wild(path: Path) -> bool:
    return _WILD.search(path.name) is not None


def _listed(path: Path, entries: Iterable[Path]) -> Sequence:
    files = [
        entry
        for entry in entries
        if entry.suffix.lower() in IMAGE_SUFFIXES
        and not entry.name.startswith(".")
        and entry.is_file()
    ]
    if not files:
        raise MediaError(f"{path} holds no images" if path.is_dir() else f"there is no {path}")
    kinds = sorted({file.suffix.lower() for file in files})
    if len(kinds) > 1:
        raise MediaError(
            f"{path} holds images of several formats ({', '.join(kinds)}); say which, as in "
            f"{(path if path.is_dir() else path.parent) / ('*' + kinds[0])}"
        )
    files.sort(key=_natural)
    numbers = _numbers(files)
    single = Pattern(path.parent, path.name, "", None)
    if numbers is not None and numbers == list(range(numbers[0], numbers[0] + len(files))):
        return Sequence(single, dict(zip(numbers, files, strict=True)))
    told = f"the images of {path} are taken one after the other, as frames 1 to {len(files)}"
    return Sequence(single, dict(enumerate(files, 1)), (told,))


def _natural(path: Path) -> tuple[list[tuple[str, int]], str]:
    """A key that sorts digits by the number that they write."""
    words = _DIGITS.split(path.name.casefold())
    digits = [int(digits) for digits in _DIGITS.findall(path.name)]
    return list(zip(words, [*digits, 0], strict=True)), path.name


def _numbers(files: list[Path]) -> list[int] | None:
    """The numbers in names that differ in nothing else, rising; `files` are put in their order."""
    matches = {file: _NUMBER.search(file.stem) for file in files}
    shapes = {
        (file.stem[: match.start()], match["after"]) for file, match in matches.items() if match
    }
    if len(shapes) != 1 or not all(matches.values()):
        return None
    number_of = {file: int(match["number"]) for file, match in matches.items() if match}
    files.sort(key=number_of.__getitem__)
    return [number_of[file] for file in files]
