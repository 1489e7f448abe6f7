# SPDX-License-Identifier: Apache-2.0
"""The blotches of one frame, as they were found, and by what the frame is known again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of blotches: darker or brighter than what they hide, or named by a person."""

    DARK = "dark"
    BRIGHT = "bright"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Blotch:
    """One blotch of a frame."""

    #: Rings around all that its repair touches: x, y, x, y ... in whole pixels of the frame.
    outline: tuple[tuple[int, ...], ...]
    kind: Kind
    score: float | None  # log odds that it is a blotch; None where a person named it
    repaired: bool  # else it was left alone


@dataclass(frozen=True, slots=True)
class Listing:
    """All that was found in one frame."""

    digest: bytes  # 16 bytes, equal for equal pictures
    picture: bytes  # (9, 16, 3) float16, by which it is known in another decoder's numbers
    blotches: tuple[Blotch, ...]

    @property
    def repaired(self) -> int:
        """Number of blotches that were repaired."""
        return sum(blotch.repaired for blotch in self.blotches)
