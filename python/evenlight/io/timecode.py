# SPDX-License-Identifier: Apache-2.0
"""Timecode of SMPTE ST 12-1: hours, minutes, seconds and frames, with or without drop frame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_WRITTEN = re.compile(r"(\d\d?):(\d\d):(\d\d)([:;.,])(\d\d\d?)")
_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Timecode:
    """A frame of a day, counted at a whole number of frames a second."""

    frame: int
    per_second: int
    #: Whether numbers are left out so that the count keeps step with 30000/1001 frames a second.
    drops: bool = False

    @classmethod
    def parse(cls, text: str, rate: Fraction) -> Timecode | None:
        """The timecode that `text` writes out at `rate`; None where it is none."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            return None
        hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
        per_second = max(1, round(rate))
        if frames >= per_second or minutes > 59 or seconds > 59:
            return None
        drops = match[4] in ";.," and per_second % 30 == 0
        count = ((hours * 60 + minutes) * 60 + seconds) * per_second + frames
        if drops:
            passed = hours * 60 + minutes
            count -= per_second // 15 * (passed - passed // 10)
        return cls(count, per_second, drops)

    def after(self, frames: int) -> Timecode:
        """The timecode of a later frame; a day begins again after its end."""
        return Timecode((self.frame + frames) % self._day, self.per_second, self.drops)

    def __str__(self) -> str:
        """As it is written: 01:00:00:00, with a semicolon where numbers are left out."""
        count = self.frame
        if self.drops:
            dropped = self.per_second // 15
            ten_minutes, rest = divmod(count, self.per_second * 600 - 9 * dropped)
            in_minute = self.per_second * 60 - dropped
            count += dropped * (9 * ten_minutes + max(0, (rest - dropped) // in_minute))
        seconds, frames = divmod(count, self.per_second)
        mark = ";" if self.drops else ":"
        return (
            f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frames:02d}"
        )

    @property
    def _day(self) -> int:
        """Frames of 24 hours."""
        left_out = self.per_second // 15 * 9 * 6 * 24 if self.drops else 0
        return _DAY * self.per_second - left_out


def advanced(text: str, rate: Fraction | None, frames: int) -> str:
    """The timecode `frames` later, as `text` writes it; unchanged where it is none."""
    start = Timecode.parse(text, rate) if rate else None
    return text if start is None or not frames else str(start.after(frames))
