# SPDX-License-Identifier: Apache-2.0
"""The frames of the shot around a frame, by which it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from ..memo import Memo
from .copies import Around, copies
from .preview import same_shot


@dataclass(frozen=True, slots=True)
class Reach:
    """Offsets of the frames of the shot before and after the current one, the nearest first.

    Each shows a picture of its own: of frames that are copies the nearest stands for all.
    """

    before: list[int]
    after: list[int]

    @property
    def sides(self) -> tuple[int, int] | None:
        """The two frames that the current one is judged by; None where there are no two."""
        if self.before and self.after:
            return self.before[0], self.after[0]
        one = self.before or self.after
        return (one[0], one[1]) if len(one) > 1 else None

    @property
    def further(self) -> tuple[int, ...]:
        """The frames one more step away on either side, where both have one."""
        both = min(len(self.before), len(self.after)) > 1
        return (self.before[1], self.after[1]) if both else ()

    def around(self, offset: int) -> tuple[int, int] | None:
        """The frames on either side of the nearest one at `offset`; None where it has no two."""
        for side in (self.before, self.after):
            if len(side) > 1 and side[0] == offset:
                low, high = sorted((0, side[1]))
                return low, high
        return None


def reach_of(memo: Memo, around: Around, look: int, *, find_cuts: bool) -> Reach:
    """The nearest frames that show other pictures, `look` on each side at most."""
    before, after = (_reach(memo, around, sign, look, find_cuts) for sign in (-1, 1))
    return Reach(before, after)


def _reach(memo: Memo, around: Around, sign: int, look: int, find_cuts: bool) -> list[int]:
    """Offsets of the frames on one side."""
    found: list[int] = []
    last = around(0)
    at = _end(around, 0, sign)
    while len(found) < look:
        at += sign
        frame = around(at)
        if frame is None or last is None or frame.luma.shape != last.luma.shape:
            break
        pair = (last, frame) if sign > 0 else (frame, last)
        if find_cuts and not same_shot(memo, *pair):
            break
        found.append(at)
        if len(found) == look:
            break
        at = _end(around, at, sign)
        last = around(at)
    return found


def _end(around: Around, offset: int, sign: int) -> int:
    """The outermost copy, on one side, of the frame at `offset`."""
    return copies(around, offset)[1 if sign > 0 else 0]
