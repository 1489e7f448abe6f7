# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from evenlight.edits import read_cuts, shots_of
from evenlight.errors import MediaError, ParamError

HEAD = "TITLE: test\nFCM: NON-DROP FRAME\n\n"
EDL = HEAD + (
    "001  AX       V     C        00:00:10:00 00:00:11:00 01:00:00:00 01:00:01:00\n"
    "002  AX       V     C        00:00:20:00 00:00:20:12 01:00:01:00 01:00:01:12\n"
    "003  AX       V     C        00:00:30:00 00:00:30:00 01:00:01:12 01:00:01:12\n"
    "003  BX       V     D    006 00:00:40:00 00:00:41:00 01:00:01:12 01:00:02:12\n"
    "004  AX       V     C        00:00:50:00 00:00:51:00 01:00:03:00 01:00:04:00\n"
)


def test_an_edl_gives_cuts_but_not_at_dissolves(tmp_path: Path) -> None:
    path = tmp_path / "a.edl"
    path.write_text(EDL)
    # 24 and 36 frames after the first; at 36 it dissolves; at 60 black begins, at 72 it ends
    assert read_cuts(path, 1001, Fraction(24)) == (1025, 1061, 1073)


def test_otio_in_another_rate(tmp_path: Path) -> None:
    track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
    for frames in (12, 30, 6):
        span = otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, 12), otio.opentime.RationalTime(frames, 12)
        )
        track.append(otio.schema.Clip(source_range=span))
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track)
    path = tmp_path / "a.otio"
    otio.adapters.write_to_file(timeline, str(path))
    assert read_cuts(path, 1, Fraction(24)) == (25, 85)
    with pytest.raises(ParamError, match="between two frames"):
        read_cuts(path, 1, Fraction(25, 2))


@pytest.mark.parametrize("text", ["", "nonsense", HEAD + "001 AX V X 00:00:00:00"])
def test_what_is_no_edit_list_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.edl"
    path.write_text(text)
    with pytest.raises(ParamError, match=r"a\.edl"):
        read_cuts(path, 1, Fraction(24))


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        read_cuts(tmp_path / "a.edl", 1, Fraction(24))


def test_shots_are_the_runs_between_cuts() -> None:
    assert shots_of(range(10, 20), (12, 17, 30)) == (range(10, 12), range(12, 17), range(17, 20))
    assert shots_of(range(10, 20), (10,)) == (range(10, 20),)


_EDL = """TITLE: TEST
FCM: {mode}

001  AX       V     C        00:00:00{c}00 00:00:59{c}28 01:00:00{c}00 01:00:59{c}28
* FROM CLIP NAME: A.MOV
002  AX       V     C        00:01:00{c}02 00:01:02{c}02 01:00:59{c}28 01:01:02{c}00
* FROM CLIP NAME: B.MOV
003  AX       AA/V  C        00:00:00{c}00 00:00:02{c}00 01:01:02{c}00 01:01:04{c}00
M2   AX       015.0                00:00:00{c}00
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("mode", "colon"),
    [("DROP FRAME", ":"), ("DROP FRAME", ";"), ("drop frame", "."), ("DROP-FRAME", ":")],
)
def test_drop_frame_is_known_by_its_word_or_its_mark(
    tmp_path: Path, mode: str, colon: str, newline: str, encoding: str
) -> None:
    path = tmp_path / "a.edl"
    text = _EDL.format(mode=mode, c=colon).replace("\n", newline)
    path.write_bytes(text.encode(encoding))
    assert read_cuts(path, 1, Fraction(30000, 1001)) == (1799, 1859)


def test_without_drop_frame_every_number_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.edl"
    text = _EDL.format(mode="NON-DROP FRAME", c=":").replace("01:00:59:28", "01:00:59:26")
    path.write_text(
        text.replace("00:00:59:28", "00:00:59:26").replace("00:01:00:02", "00:00:59:28")
    )
    assert read_cuts(path, 1, Fraction(30)) == (1797, 1861)


def test_a_timeline_with_a_byte_order_mark(tmp_path: Path) -> None:
    import opentimelineio as otio

    track = otio.schema.Track(kind="Video")
    for _ in range(2):
        whole = otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(10, 24)
        )
        track.append(otio.schema.Clip(source_range=whole))
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track)
    path = tmp_path / "a.otio"
    path.write_text(timeline.to_json_string(), encoding="utf-8-sig")
    assert read_cuts(path, 1, Fraction(24)) == (11,)
