# SPDX-License-Identifier: Apache-2.0
"""The two tables of a 64-bit little-endian ELF library that the loader of a host looks at."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_DYNAMIC, _DYNSYM = 6, 11
_NEEDED = 1


@dataclass(frozen=True, slots=True)
class Library:
    """What a library offers and what it asks for."""

    exports: tuple[str, ...]
    needed: tuple[str, ...]


def read(path: Path) -> Library:
    """Symbols that others can bind to, and the names of the libraries it must have."""
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01", f"{path} is no 64-bit little-endian ELF file"
    (table,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    # type, offset, size, link of each section
    sections = [
        struct.unpack_from("<4xI16xQQI", data, table + index * size) for index in range(count)
    ]

    def text(section: int, at: int) -> str:
        start = sections[section][1] + at
        return data[start : data.index(0, start)].decode()

    exports, needed = [], []
    for kind, offset, length, link in sections:
        if kind == _DYNSYM:
            for at in range(offset, offset + length, 24):
                name, info, _, defined = struct.unpack_from("<IBBH", data, at)
                if defined and info >> 4:  # in this file, and not local
                    exports.append(text(link, name))
        if kind == _DYNAMIC:
            for tag, value in struct.iter_unpack("<qQ", data[offset : offset + length]):
                if tag == _NEEDED:
                    needed.append(text(link, value))
    return Library(tuple(sorted(exports)), tuple(sorted(needed)))
