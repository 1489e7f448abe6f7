# SPDX-License-Identifier: Apache-2.0
"""What a run says of its changes, and the video that compares."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.unit.repairs.dirty import SPOTS, dirty, scene, write

from evenlight.batch.change import change_of
from evenlight.cli.changes import Changes
from evenlight.cli.main import run
from evenlight.frames import Array, Change, Outcome
from evenlight.io.plain_video import PlainVideo
from evenlight.report.comparison import Comparison, compared

Make = Callable[..., Path]


def test_a_change_is_measured() -> None:
    before = np.full((360, 400, 3), 100, np.uint8)
    after = before.copy()
    after[:, :100] = 200
    found = change_of(before, after, "", premultiplied=False)
    assert found.before == pytest.approx(100, abs=0.01)
    assert found.after == pytest.approx(125, abs=0.01)
    assert found.touched == pytest.approx(0.25)


def test_a_single_pixel_is_no_frame_left_alone() -> None:
    before = np.full((720, 400, 3), 100, np.uint8)
    after = before.copy()
    after[0, 0, 1] = 101
    assert change_of(before, before.copy(), "", premultiplied=False).touched == 0
    assert 0 < change_of(before, after, "", premultiplied=False).touched < 1e-4


def said(*changes: Change) -> str:
    seen = Changes()
    for number, change in enumerate(changes):
        seen.see(number, Outcome(change=change))
    return seen.sentence()


def test_the_sentence() -> None:
    assert said() == ""
    assert said(Change(90, 90, 0.0), Change(80, 80, 0.0)).startswith("nothing was changed")
    told = said(Change(100, 90, 1.0), Change(80, 90, 0.5), Change(100, 90, 0.0))
    flicker = 2 * np.log2(100 / 80) * 1.4826 / np.sqrt(6)
    assert told == (
        f"flicker {flicker:.3f} stops before, 0.000 after; 50 % of the pixels touched; "
        "1 frame left as they were"
    )


@pytest.mark.parametrize(
    ("share", "told"), [(1.0, "100 %"), (0.105, "10 %"), (0.0312, "3.1 %"), (1e-6, "than 0.01 %")]
)
def test_shares_are_written_as_people_do(share: float, told: str) -> None:
    assert f"{told} of the pixels touched" in said(Change(1, 2, share))


def test_a_run_says_what_it_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write(dirty(), tmp_path / "dirty")
    for chunks in ((), ("--jobs", "2", "--chunk", "3")):
        target = tmp_path / f"out{len(chunks)}"
        target.mkdir()
        assert run(["deblotch", str(clip), str(target / "f.####.png"), *chunks]) == 0
        told = capsys.readouterr().out.splitlines()[-1]
        frames = len({frame for frame, _, _ in SPOTS})
        assert f"; {len(SPOTS)} blotches repaired in {frames} frames; " in told
        assert told.endswith("4 frames left as they were")


def test_programs_get_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write(scene(), tmp_path / "clean")
    target = tmp_path / "out"
    target.mkdir()
    assert run(["deblotch", str(clip), str(target / "f.####.png"), "--output", "json"]) == 0
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["changes"]["untouched_frames"] == 7
    assert done["changes"]["blotches"] == 0


def pictures(path: Path) -> Array:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


@pytest.mark.parametrize("way", Comparison)
def test_a_video_compares(way: Comparison, tmp_path: Path, make_video: Make) -> None:
    clip, target, video = make_video(), tmp_path / "out.mp4", tmp_path / "compare.mp4"
    asked = ["deflicker", str(clip), str(target), "--radius", "3", "--exposure-trim", "1"]
    assert run([*asked, "--compare", str(way), str(video)]) == 0
    found = pictures(video)
    assert found.shape == (12, 48, 128 if way is Comparison.SIDE else 64, 3)
    left, right = found[:, :, :8].mean(), found[:, :, -8:].mean()
    if way is Comparison.DIFF:
        assert left > 200
        assert right > 200
    else:
        assert right > 1.3 * left


def test_pictures_of_a_comparison() -> None:
    before, after = np.zeros((4, 8, 3), np.uint8), np.full((4, 8, 3), 5, np.uint8)
    side = compared(Comparison.SIDE, (before, after), 0)
    assert side[0, :, 0].tolist() == [0] * 8 + [5] * 8
    wipe = compared(Comparison.WIPE, (before, after), 0)
    assert wipe[0, :, 0].tolist() == [0, 0, 0, 255, 255, 5, 5, 5]
    assert (compared(Comparison.DIFF, (before, after), 0) == 128 + 40).all()
    assert (compared(Comparison.DIFF, (after, before), 0) == 128 - 40).all()


def test_what_cannot_be_written_is_told_before_the_render(
    tmp_path: Path, make_video: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    clip, target = make_video(), tmp_path / "out.mp4"
    (tmp_path / "there.mp4").write_text("mine")
    for name, sentence in (
        ("compare.avi", "end it with .mp4"),
        (clip.name, "is the source itself"),
        ("there.mp4", "--overwrite"),
        ("no/compare.mp4", "does not exist"),
    ):
        assert run(["deflicker", str(clip), str(target), "--compare", "side", str(tmp_path / name)])
        assert sentence in capsys.readouterr().err
        assert not target.exists()
    part = ["render", str(clip), "-o", str(target), "--graph", "deflicker", "--part"]
    assert run([*part, "--compare", "side", str(tmp_path / "c.mp4")]) == 2
    assert "no comparison" in capsys.readouterr().err


def half_written(path: Path) -> None:
    with PlainVideo(path, Fraction(24)) as video:
        for picture in (np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16), np.uint8)):
            video.write(picture)


def test_a_video_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="array"):
        half_written(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
