# SPDX-License-Identifier: Apache-2.0
"""Repairs files, read: strangers may have written them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

import numpy as np

from ..analysis.record import THUMBNAIL
from ..errors import ParamError, RepairsError, shortened
from ..frames import Array
from ..plain_data import from_json
from ..regular_file import open_regular
from .entry import Entry, entry_of, frame_of, is_whole, key_of
from .text import FORMAT, HEAD, UNDECIDED, Header

#: Bytes of the largest file, more than a reel of 20 minutes takes, and of the longest line.
MOST_BYTES, _LONGEST_LINE = 1 << 28, 1 << 20
#: Blotches of one frame, numbers in the outlines of all blotches that were decided about.
_MOST_IN_FRAME, _MOST_NUMBERS = 1 << 12, 1 << 22
_LARGEST_SIDE = 1 << 17
_PICTURE = 2 * 3 * THUMBNAIL[0] * THUMBNAIL[1]  # bytes
_AGAIN = "List the clip's repairs again"


@dataclass(frozen=True, slots=True)
class Repairs:
    """The contents of a repairs file."""

    name: str
    header: Header
    frames: tuple[int, ...]  # numbers, in the file's order
    keys: Array  # (n, 16) uint8, digests of the frames' pictures
    pictures: Array  # (n, 9, 16, 3) float16, of the same frames
    entries: Mapping[bytes, tuple[Entry, ...]]  # by the frame's key

    def refusal(self, why: str) -> RepairsError:
        """The error of a file that cannot be used."""
        return _refusal(self.name, why)


def read_repairs(path: Path | str, *, decided: bool = False) -> Repairs:
    """The contents of the file at `path`, or only the blotches that somebody has decided about.

    Raises RepairsError where they cannot be used.
    """
    try:
        with open_regular(path) as file:
            return parsed(_lines(file), str(path), decided=decided)
    except (OSError, ValueError) as error:  # a name that no disk takes is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise RepairsError(
            f"there are no repairs at {path} that can be read ({reason}); write them with --list, "
            "or clear Repairs"
        ) from error


def parsed(lines: Iterable[bytes], name: str, *, decided: bool = False) -> Repairs:
    """The contents of the lines of a file; raises RepairsError where they cannot be used."""
    reader = _Reader(name)
    try:
        for number, line in enumerate(lines, 1):
            if line.strip() and not (decided and UNDECIDED in line):
                reader.take(number, line)
        return reader.result()
    except ParamError as error:
        raise _refusal(name, str(error)) from error


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, each as long as it may be at most and one byte."""
    left = MOST_BYTES
    while line := file.readline(_LONGEST_LINE + 1):
        left -= len(line)
        if left < 0:
            raise ParamError("it is larger than any such file")
        yield line


def _refusal(name: str, why: str) -> RepairsError:
    return RepairsError(f"{name} cannot be used: {why}. {_AGAIN}")


class _Reader:
    """Takes the lines of a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._header: Header | None = None
        self._frames: dict[int, bytes] = {}
        self._pictures: list[bytes] = []
        self._entries: dict[bytes, list[Entry]] = {}
        self._numbers = 0

    def take(self, number: int, line: bytes) -> None:
        if len(line) > _LONGEST_LINE:
            raise ParamError(f"line {number} is longer than any of such a file")
        try:
            values = from_json(line.decode())
        except (UnicodeDecodeError, ParamError) as error:
            raise ParamError(f"line {number} cannot be read") from error
        if not isinstance(values, dict):
            raise ParamError(f"line {number} cannot be read")
        if self._header is None:
            self._header = _header(values)
        elif HEAD in values:
            raise ParamError(f"line {number} begins another file: two were put together")
        else:
            try:
                self._take_values(values, self._header)
            except ParamError as error:
                raise ParamError(f"line {number} {error}") from error

    def _take_values(self, values: dict[str, Any], header: Header) -> None:
        if "picture" in values:
            self._take_frame(values)
            return
        entry = entry_of(values, header.size)
        if self._frames.get(entry.frame) != entry.key:
            raise ParamError(f"decides about frame {entry.frame}, and no such frame is before it")
        own = self._entries.setdefault(entry.key, [])
        self._numbers += entry.verdict.is_one * sum(map(len, entry.blotch.outline))
        if len(own) >= _MOST_IN_FRAME or self._numbers > _MOST_NUMBERS:
            raise ParamError("is one blotch more than anybody decides about")
        own.append(entry)

    def _take_frame(self, values: dict[str, Any]) -> None:
        number, key = frame_of(values), key_of(values)
        if number in self._frames:
            raise ParamError(f"is frame {number} once more")
        try:
            picture = b64decode(values["picture"], validate=True)
        except (TypeError, ValueError):
            picture = b""
        if len(picture) != _PICTURE:
            raise ParamError(f"says of frame {number} nothing by which it could be known")
        self._frames[number] = key
        self._pictures.append(picture)

    def result(self) -> Repairs:
        if self._header is None:
            raise ParamError("it is empty")
        pictures = np.frombuffer(b"".join(self._pictures), "<f2")
        keys = np.frombuffer(b"".join(self._frames.values()), np.uint8)
        return Repairs(
            self._name,
            self._header,
            tuple(self._frames),
            keys.reshape(-1, 16),
            pictures.reshape(-1, *THUMBNAIL, 3),
            {key: tuple(own) for key, own in self._entries.items()},
        )


def _header(values: dict[str, Any]) -> Header:
    if HEAD not in values:
        raise ParamError("it is no repairs file of Evenlight's")
    if not is_whole(values[HEAD]) or values[HEAD] != FORMAT:
        raise ParamError(
            f"it has format {shortened(values[HEAD])} and this Evenlight reads {FORMAT}"
        )
    height, width = values.get("height"), values.get("width")
    if not _is_side(height) or not _is_side(width):
        raise ParamError("it does not say how large the frames are")
    effects, clip, version = (values.get(key) for key in ("effects", "clip", "evenlight"))
    if not (isinstance(effects, dict) and isinstance(clip, str) and isinstance(version, str)):
        raise ParamError("it does not say what its blotches were found with")
    return Header((height, width), clip, effects, version)


def _is_side(value: object) -> TypeGuard[int]:
    return is_whole(value) and 0 < value <= _LARGEST_SIDE
