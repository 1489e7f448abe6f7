# SPDX-License-Identifier: Apache-2.0
"""The lines of a repairs file."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..listing import Listing
from .entry import Entry

#: The format; another number is another format.
FORMAT = 1
HEAD = "evenlight_repairs"
#: What stands in the line of a blotch that nobody has decided about, as it is written here.
UNDECIDED = b'"decision":""'


@dataclass(frozen=True, slots=True)
class Header:
    """Clip and effects that a file's blotches were found in and with."""

    size: tuple[int, int]  # rows and columns of a frame
    clip: str  # its name, for people
    effects: Mapping[str, Any]  # the chain, as a preset holds it
    version: str  # of Evenlight


def header_line(header: Header) -> str:
    """The first line of a file."""
    return _line(
        {
            HEAD: FORMAT,
            "evenlight": header.version,
            "clip": header.clip,
            "width": header.size[1],
            "height": header.size[0],
            "effects": header.effects,
        }
    )


def lines_of(number: int, listing: Listing) -> Iterator[str]:
    """The lines of a frame: what it looks like, then its blotches."""
    yield frame_line(number, listing.digest, listing.picture)
    for blotch in listing.blotches:
        yield entry_line(Entry(number, listing.digest, blotch))


def frame_line(number: int, key: bytes, picture: bytes) -> str:
    """The line of a frame."""
    return _line({"frame": number, "key": key.hex(), "picture": b64encode(picture).decode()})


def entry_line(entry: Entry) -> str:
    """The line of a blotch."""
    return _line(entry.stored)


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"), allow_nan=False) + "\n"
