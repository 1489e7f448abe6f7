# SPDX-License-Identifier: Apache-2.0
"""Named columns of numbers in a file, in the format of safetensors, read a row at a time.

https://github.com/huggingface/safetensors#format: eight bytes that say how long the header is, a
header in JSON, and the columns one after the other, little-endian. The library of that name maps
the file into memory, where a file that is cut short later ends the host's process, or reads all of
it. Everything here is held against the file's size before it is believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeGuard

import numpy as np

from ..errors import AnalysisError
from ..frames import Array

_DTYPES = {"U8": "u1", "I32": "<i4", "I64": "<i8", "F16": "<f2", "F64": "<f8"}
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}
_LENGTH = 8  # bytes of the header's length
_ALIGNMENT = 8
#: Bytes of the longest header: some twenty thousand settings, all different.
_LONGEST_HEADER = 1 << 23
#: Texts of a header, and bytes outside of them: what a few columns need.
_MOST_TEXTS, _MOST_MARKS = 1 << 8, 1 << 12
_LARGEST_SIDE = 1 << 40


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column lies in the file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]  # rows first
    begin: int

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * math.prod(self.shape[1:])

    def read(self, file: BinaryIO, first: int = 0, count: int | None = None) -> Array:
        """`count` rows from `first` on, or all of them; raises AnalysisError where they end."""
        count = self.shape[0] if count is None else count
        file.seek(self.begin + first * self.row_bytes)
        data = file.read(count * self.row_bytes)
        if len(data) != count * self.row_bytes:
            raise AnalysisError("it is cut short")
        return np.frombuffer(data, self.dtype).reshape(count, *self.shape[1:])


def pack(columns: Mapping[str, Array], notes: Mapping[str, str]) -> bytes:
    """The file of these columns; the same bytes for the same contents."""
    header: dict[str, Any] = {"__metadata__": dict(sorted(notes.items()))}
    parts, end = [], 0
    for name, column in sorted(columns.items(), key=lambda one: (-one[1].itemsize, one[0])):
        part = np.ascontiguousarray(column, column.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": _NAMES[column.dtype.newbyteorder("<")],
            "shape": list(column.shape),
            "data_offsets": [end, end + len(part)],
        }
        parts.append(part)
        end += len(part)
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > _LONGEST_HEADER - _ALIGNMENT:
        raise AnalysisError("its frames have too many different settings; analyse it in parts")
    text += b" " * (-len(text) % _ALIGNMENT)
    return b"".join([len(text).to_bytes(_LENGTH, "little"), text, *parts])


def unpack(file: BinaryIO) -> tuple[dict[str, Column], dict[str, str]]:
    """Columns and notes of a file; raises AnalysisError for what `pack` cannot have written."""
    size = file.seek(0, 2)
    file.seek(0)
    length = int.from_bytes(file.read(_LENGTH), "little")
    if size < _LENGTH or length > min(size - _LENGTH, _LONGEST_HEADER):
        raise AnalysisError("it is cut short, or no analysis")
    text = file.read(length)
    if not _is_small(text):
        raise AnalysisError("its header holds more than an analysis has")
    try:
        header = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise AnalysisError("its header cannot be read") from error
    if not isinstance(header, dict):
        raise AnalysisError("its header cannot be read")
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(note, str) for note in notes.values()):
        raise AnalysisError("its header cannot be read")
    begin = _LENGTH + length
    return {name: _column(entry, begin, size) for name, entry in header.items()}, notes


def _is_small(header: bytes) -> bool:
    """Whether little is left of a header without its texts: looked at before it is parsed."""
    plain = header.rstrip().replace(b"\\\\", b"").replace(b'\\"', b"")
    parts = plain.split(b'"', _MOST_TEXTS)
    return len(parts) <= _MOST_TEXTS and sum(map(len, parts[::2])) <= _MOST_MARKS


def _column(entry: object, begin: int, size: int) -> Column:
    wrong = AnalysisError("its header does not fit what follows it")
    if not isinstance(entry, dict):
        raise wrong
    code = _DTYPES.get(str(entry.get("dtype")))
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    if code is None or not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise wrong
    column = Column(np.dtype(code), tuple(shape), begin + offsets[0])
    count = math.prod(shape) * column.dtype.itemsize
    if not shape or offsets[1] - offsets[0] != count or begin + offsets[1] > size:
        raise wrong
    return column


def _are_sizes(values: Any) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(
        type(value) is int and 0 <= value <= _LARGEST_SIDE for value in values
    )
