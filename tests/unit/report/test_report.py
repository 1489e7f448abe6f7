# SPDX-License-Identifier: Apache-2.0
"""The report: figures that are right, what is worth a look, a page that is small and only text."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from tests.unit.repairs.dirty import SPOTS, dirty, write

from evenlight.cli.main import run
from evenlight.errors import FrameError, MediaError
from evenlight.report import collect, write_page
from evenlight.report.curves import curves
from evenlight.report.difference import Size, difference
from evenlight.report.page import page
from evenlight.report.shortlist import Shortlist

from .made import SPOT, Held, made_clips, scene, summary_of_made_clips


def test_flicker_goes_and_repairs_are_counted_where_they_are() -> None:
    summary = summary_of_made_clips()
    before, after = summary.flicker
    assert before > 0.05
    assert after < 0.001
    found = {n: each.repairs for n, each in enumerate(summary.differences, 1) if each.repairs}
    assert sorted(found) == [4, 5, 8]
    for repairs in found.values():
        (repair,) = repairs
        x, y, width, height = repair.box
        assert abs(y - SPOT[0].start) <= 2
        assert abs(x - SPOT[1].start) <= 2
        assert abs(width - 20) <= 4
        assert abs(height - 12) <= 4
        assert repair.weight > 20 * repair.area
    assert summary.sizes == {Size.SMALL: 0, Size.MEDIUM: 3, Size.LARGE: 0}
    assert summary.untouched == [12]


def test_light_alone_is_no_repair() -> None:
    picture = scene(1)[0]
    for gain in (0.7, 0.95, 1.3):
        lit = np.clip(picture * gain, 0, 255).astype(np.uint8)
        assert difference(picture, lit, 1.0).repairs == ()


def test_frames_with_a_notice_come_before_repairs_and_repairs_before_light() -> None:
    summary = summary_of_made_clips({2: "a network could not run"})
    by_number = {each.number: each.why for each in summary.frames}
    assert "a network could not run" in by_number[2]
    assert "1 place repaired" in by_number[5]
    assert 12 not in by_number  # nothing was done there
    assert [each.number for each in summary.repairs].count(4) == 1


def test_cuts_are_found_and_flicker_is_none() -> None:
    clip = scene(6)
    clip[3:] = clip[3:, ::-1, ::-1]
    clip[1] = (clip[1] * 0.6).astype(np.uint8)
    summary = collect(Held(clip, "a"), Held(clip, "b"), "same")
    assert summary.cuts == (4,)
    assert summary.sentence == "nothing was changed: every frame came out as it came in"


def test_a_page_of_noise_is_less_than_eight_megabytes() -> None:
    rng = np.random.default_rng(1)
    small = rng.integers(0, 255, (2, 24, 180, 320, 3), np.uint8)
    before, after = (Held(np.repeat(np.repeat(c, 3, 1), 3, 2), "noise") for c in small)
    summary = collect(before, after, "noise")
    assert len(summary.frames) == 20
    assert len(page(summary)) < 8_000_000


def test_a_curve_of_many_frames_keeps_its_extremes() -> None:
    levels = [100.0] * 50_000
    levels[31_417] = 200.0
    drawn = curves(levels, levels, 1, ())
    heights = [float(point.split(",")[1]) for point in drawn.before.split()]
    assert len(heights) <= 2100
    assert min(heights) < 0.2 * max(heights)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=y>'])
def test_names_are_text(name: str) -> None:
    text = page(summary_of_made_clips({3: name}, title=name))
    assert name not in text
    assert name in unescape(text)


def test_names_are_no_templates() -> None:
    assert "<h1>{{ 7 * 7 }}</h1>" in page(summary_of_made_clips(title="{{ 7 * 7 }}"))


def test_the_page_asks_for_nothing_outside() -> None:
    text = re.sub(r"data:image/jpeg;base64,[^\"]*", "", page(summary_of_made_clips()))
    assert "//" not in text
    assert re.findall('(?:src|href)=.(?!data:|")', text.replace('src=""', "")) == []


def test_clips_that_do_not_match_are_refused_in_words() -> None:
    clip = scene(4)
    with pytest.raises(FrameError, match="of one size"):
        collect(Held(clip, "a"), Held(clip[:, :50], "b"), "")
    with pytest.raises(FrameError, match="of one length"):
        collect(Held(clip, "a.mp4"), Held(clip[:3], "b.mp4"), "")


def test_the_best_stay_on_a_shortlist_and_others_are_never_made() -> None:
    made: list[int] = []
    shortlist: Shortlist[int] = Shortlist(2)
    for score in (3, 1, 0, 5, 2, 4):
        shortlist.offer(score, lambda score=score: made.append(score) or score)  # type: ignore[misc]
    assert shortlist.best() == [5, 4]
    assert made == [3, 1, 5, 4]


def test_the_command_writes_the_page_and_says_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    for name, clip in zip(("in", "out"), made_clips(), strict=True):
        for number, frame in enumerate(clip, 1):
            cv2.imwrite(str(tmp_path / f"{name}.{number:04d}.png"), frame[..., ::-1])
    told = ["report", str(tmp_path / "in.####.png"), str(tmp_path / "out.####.png")]
    assert run([*told, "-o", str(tmp_path / "page.html")]) == 0
    assert "3 places repaired" in capsys.readouterr().out
    assert "<svg" in (tmp_path / "page.html").read_text()
    assert run([*told, "-o", str(tmp_path / "page.html")]) == 1
    assert "--overwrite" in capsys.readouterr().err


def test_a_page_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("mine")
    with pytest.raises(MediaError, match="exists"):
        write_page(summary_of_made_clips(), path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["out.mov", "out.####.png"])
def test_a_render_writes_its_page_of_the_frames_that_were_asked_for(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    for number, frame in enumerate(made_clips()[0], 1):
        cv2.imwrite(str(tmp_path / f"in.{number:04d}.png"), frame[..., ::-1])
    page_name = tmp_path / "page.html"
    told = ["restore", str(tmp_path / "in.####.png"), str(tmp_path / name), "--frames", "3-9"]
    assert run([*told, "--report", str(page_name)]) == 0
    *_, summary, page = capsys.readouterr().out.splitlines()
    assert "flicker" in summary
    assert page.startswith(f"{page_name}: ")
    text = page_name.read_text()
    assert "frames 3 to 9" in text
    assert "restore" in unescape(text)  # the settings


def test_a_page_that_cannot_be_written_is_refused_before_the_first_frame(tmp_path: Path) -> None:
    import cv2

    for number, frame in enumerate(made_clips()[0][:2], 1):
        cv2.imwrite(str(tmp_path / f"in.{number:04d}.png"), frame[..., ::-1])
    target = tmp_path / "out.####.png"
    told = ["deblotch", str(tmp_path / "in.####.png"), str(target)]
    assert run([*told, "--report", str(tmp_path / "no" / "page.html")]) == 1
    assert not list(tmp_path.glob("out.*"))


def test_a_page_of_a_render_tells_its_blotches_and_reads_few_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evenlight.cli.page_command.collect", None)  # all was seen already
    clip, target = write(dirty(), tmp_path / "dirty"), tmp_path / "out"
    target.mkdir()
    page_name = tmp_path / "page.html"
    command = ["deblotch", str(clip), str(target / "f.####.png"), "--report", str(page_name)]
    assert run([*command, "--jobs", "2", "--chunk", "3"]) == 0
    text = unescape(page_name.read_text())
    for frame, (x, y), _ in SPOTS:
        places = re.findall(rf"frame {frame}, at (\d+), (\d+), (\d+) pixels", text)
        assert any(0 < x - int(a) < 20 and 0 < y - int(b) < 16 for a, b, _ in places)
        assert all(150 < int(area) < 600 for _, _, area in places)
    assert "frames left as they were</dt><dd>4</dd>" in text
    assert "SHA-256 of its files" in text


def test_frames_that_were_kept_are_looked_at_anew(tmp_path: Path) -> None:
    clip, target = write(dirty(), tmp_path / "dirty"), tmp_path / "out"
    target.mkdir()
    command = ["deblotch", str(clip), str(target / "f.####.png")]
    assert run([*command, "--frames", "101-103"]) == 0
    page_name = tmp_path / "page.html"
    assert run([*command, "--resume", "--report", str(page_name)]) == 0
    assert "frames 101 to 107" in page_name.read_text()


def test_clips_that_are_gone_are_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(tmp_path / "gone.mov"), str(tmp_path / "gone.####.png")]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "gone.mov does not exist" in told
    assert not list(tmp_path.iterdir())
