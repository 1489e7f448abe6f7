# SPDX-License-Identifier: Apache-2.0
"""The frames of the shot around a frame, by which it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..memo import Memo
from ..motion.preview import is_held
from .preview import BlotchPreview, same_shot

#: Gives the frame at an offset from the current one, or None beyond the clip, a cut or a mark.
Around = Callable[[int], BlotchPreview | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """Offsets of the frames of the shot before and after the current one, the nearest first."""

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


def reach_of(memo: Memo, around: Around, look: int, *, find_cuts: bool) -> Reach:
    """The frames within `look` on each side."""
    before, after = (_reach(memo, around, sign, look, find_cuts) for sign in (-1, 1))
    return Reach(before, after)


def _reach(memo: Memo, around: Around, sign: int, look: int, find_cuts: bool) -> list[int]:
    """Offsets of the frames on one side, frames shown twice left out."""
    found, last = [], around(0)
    for distance in range(1, look + 1):
        frame = around(sign * distance)
        if frame is None or last is None or frame.luma.shape != last.luma.shape:
            break
        pair = (last, frame) if sign > 0 else (frame, last)
        if find_cuts and not same_shot(memo, *pair):
            break
        if not is_held(last.preview, frame.preview):
            found.append(sign * distance)
        last = frame
    return found
