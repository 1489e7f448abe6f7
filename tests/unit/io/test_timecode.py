# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from fractions import Fraction

import pytest

from evenlight.io.timecode import Timecode, advanced

FILM, NTSC = Fraction(24), Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("text", "rate", "frames", "later"),
    [
        ("01:00:00;02", NTSC, 10, "01:00:00;12"),
        ("00:00:59;29", NTSC, 1, "00:01:00;02"),
        ("00:09:59;29", NTSC, 1, "00:10:00;00"),
        ("00:00:59;59", Fraction(60000, 1001), 1, "00:01:00;04"),
        ("23:59:59;29", NTSC, 1, "00:00:00;00"),
        ("10:00:00:23", FILM, 1, "10:00:01:00"),
        ("23:59:59:23", FILM, 1, "00:00:00:00"),
        ("no timecode", FILM, 5, "no timecode"),
        ("01:00:00:30", FILM, 5, "01:00:00:30"),
    ],
)
def test_timecodes_advance(text: str, rate: Fraction, frames: int, later: str) -> None:
    assert advanced(text, rate, frames) == later


def test_every_dropped_number_is_left_out() -> None:
    for frame in range(0, 20000, 7):
        text = str(Timecode(frame, 30, drops=True))
        assert Timecode.parse(text, NTSC) == Timecode(frame, 30, drops=True)
    assert str(Timecode(107892, 30, drops=True)) == "01:00:00;00"
