# SPDX-License-Identifier: Apache-2.0
"""One blotch of a repairs file, held against the format before it is believed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from ..errors import ParamError, shortened
from ..listing import Blotch, Kind

#: What one blotch may have: rings, numbers of all its rings, pixels (of a frame 1080 high) that its
#: repair is grown by.
MOST_RINGS, MOST_NUMBERS, MOST_GROWN = 256, 1 << 16, 32.0
_KEYS = {"frame", "key", "outline", "kind", "score", "repaired", "decision", "grow"}


class Verdict(StrEnum):
    """Decision of a person about a blotch; none leaves it to the effect."""

    NONE = ""
    ACCEPT = "accept"
    REJECT = "reject"

    @property
    def is_one(self) -> bool:
        """Whether somebody decided."""
        return self is not Verdict.NONE


@dataclass(frozen=True, slots=True)
class Entry:
    """One blotch and what was decided about it."""

    frame: int  # its number when it was listed; the key tells which picture it is
    key: bytes  # 16 bytes, the picture's digest
    blotch: Blotch
    verdict: Verdict = Verdict.NONE
    grow: float = 0.0  # pixels of a frame 1080 high

    @property
    def stored(self) -> dict[str, Any]:
        """The entry as JSON can hold it."""
        blotch = self.blotch
        found: dict[str, Any] = {
            "frame": self.frame,
            "key": self.key.hex(),
            "outline": [list(ring) for ring in blotch.outline],
            "kind": str(blotch.kind),
            "score": None if blotch.score is None else round(blotch.score, 3),
            "repaired": blotch.repaired,
            "decision": str(self.verdict),
        }
        return found | ({"grow": self.grow} if self.grow else {})


def entry_of(stored: Mapping[str, Any], size: tuple[int, int]) -> Entry:
    """The entry that a line holds, of a frame of `size` (rows, columns).

    Raises ParamError, whose sentence goes on from the number of the line.
    """
    others = [key for key in stored if key not in _KEYS]
    if others:
        raise ParamError(f"has {shortened(others[0])}, which no blotch has")
    kind, verdict = stored.get("kind"), stored.get("decision", "")
    if kind not in list(Kind):
        raise ParamError(f"has the kind {shortened(kind)}; it can be {', '.join(Kind)}")
    if not isinstance(verdict, str) or verdict not in list(Verdict):
        raise ParamError(f"has the decision {shortened(verdict)}; it can be accept or reject")
    grow = stored.get("grow", 0.0)
    if not is_finite(grow) or not 0 <= grow <= MOST_GROWN:
        raise ParamError(f"grows by {shortened(grow)}; it can be 0 to {MOST_GROWN:g}")
    score = stored.get("score")
    if score is not None and not is_finite(score):
        raise ParamError(f"has the score {shortened(score)}, which is no number")
    blotch = Blotch(
        _outline(stored.get("outline"), size),
        Kind(kind),
        None if score is None else float(score),
        stored.get("repaired", True) is True,
    )
    number, key = frame_of(stored), key_of(stored)
    return Entry(number, key, blotch, Verdict(verdict), float(grow))


def frame_of(stored: Mapping[str, Any]) -> int:
    """The number of a line's frame; raises ParamError for what is none."""
    frame = stored.get("frame")
    if not is_whole(frame) or abs(frame) > 1 << 31:
        raise ParamError(f"has the frame {shortened(frame)}, which is no number of a frame")
    return frame


def key_of(stored: Mapping[str, Any]) -> bytes:
    """The digest (16 bytes) of a line's picture; raises ParamError for what is none."""
    key = stored.get("key")
    try:
        found = bytes.fromhex(key) if isinstance(key, str) else b""
    except ValueError:
        found = b""
    if len(found) != 16:
        raise ParamError(f"has the key {shortened(key)}, which is none")
    return found


def _outline(rings: object, size: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    wrong = ParamError(
        f"has an outline that is none of a frame of {size[1]} x {size[0]}: rings of whole pixels, "
        "x, y, x, y, are wanted"
    )
    if not isinstance(rings, list) or not 1 <= len(rings) <= MOST_RINGS:
        raise wrong
    if not all(isinstance(ring, list) and len(ring) >= 2 and len(ring) % 2 == 0 for ring in rings):
        raise wrong
    if sum(map(len, rings)) > MOST_NUMBERS:
        raise wrong
    for ring in rings:
        for values, end in ((ring[::2], size[1]), (ring[1::2], size[0])):
            if not all(is_whole(value) and 0 <= value < end for value in values):
                raise wrong
    return tuple(tuple(ring) for ring in rings)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, and no switch."""
    return type(value) is int


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a value is a number, and neither infinite nor none."""
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
