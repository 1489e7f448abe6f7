# SPDX-License-Identifier: Apache-2.0
"""Renders of whole clips: the same bytes in every way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.batch.hearing import Heard, pictures
from tests.unit.batch.jobs import LOOK, Make, job

from evenlight.batch import RenderJob, render
from evenlight.cli.main import run
from evenlight.graph import Graph
from evenlight.io import Missing, create_clip, open_clip


@pytest.mark.parametrize(("jobs", "chunk"), [(1, 5), (2, 1), (3, 4)])
def test_chunks_and_processes_do_not_show(
    source: Path, whole: dict[int, bytes], tmp_path: Path, jobs: int, chunk: int
) -> None:
    heard = Heard()
    render(job(source, tmp_path / "o.####.exr", jobs=jobs, chunk=chunk), heard)
    assert sorted(heard.rendered) == list(range(1, 13))
    assert pictures(tmp_path / "o.####.exr") == whole
    assert not list(tmp_path.glob(".o*part*"))


def test_a_video_of_parts_is_the_video_at_once(make_video: Make, tmp_path: Path) -> None:
    source = make_video(n_frames=20, sound="aac", deep=True)
    render(job(source, tmp_path / "once.mp4"), Heard())
    render(job(source, tmp_path / "chunks.mp4", chunk=7, jobs=2), Heard())
    for part in ("13-20", "1-6", "5-14"):  # they may overlap
        command = ["render", str(source), "-o", str(tmp_path / "farm.mp4"), *LOOK]
        assert run([*command, "--part", "--frames", part, "--quality", "0"]) == 0
    assert run(["assemble", str(source), "-o", str(tmp_path / "farm.mp4")]) == 0
    once = (tmp_path / "once.mp4").read_bytes()
    assert (tmp_path / "chunks.mp4").read_bytes() == once
    assert (tmp_path / "farm.mp4").read_bytes() == once
    assert not list(tmp_path.glob("*.parts"))


def test_a_chain_is_one_effect_after_the_other(source: Path, tmp_path: Path) -> None:
    chain = Graph.of("deblotch,deflicker").with_settings(["radius=3", "encoding=srgb"])
    render(RenderJob(source, tmp_path / "chain.####.exr", chain, chunk=5), Heard())
    middle, end = tmp_path / "middle.####.exr", tmp_path / "end.####.exr"
    assert run(["deblotch", str(source), str(middle), "--encoding", "srgb"]) == 0
    fixed = ["--radius", "3", "--encoding", "srgb"]
    assert run(["deflicker", str(middle), str(end), *fixed]) == 0
    assert pictures(tmp_path / "chain.####.exr") == pictures(end)


def test_shots_of_an_edit_list_are_rendered_as_if_alone(source: Path, tmp_path: Path) -> None:
    lines = ["TITLE: t", "FCM: NON-DROP FRAME", ""]
    for event, (a, b) in enumerate(((0, 5), (5, 12)), 1):
        span = f"00:00:00:{a:02d} 00:00:00:{b:02d}"
        lines.append(f"{event:03d}  AX       V     C        {span} {span}")
    (tmp_path / "cut.edl").write_text("\n".join(lines) + "\n")
    fixed = [*LOOK, "--edit-list", str(tmp_path / "cut.edl"), "--set", "cuts=marked"]
    both = tmp_path / "both.####.exr"
    assert run(["render", str(source), "-o", str(both), *fixed, "--chunk", "4"]) == 0
    second = tmp_path / "second.####.exr"
    assert run(["render", str(source), "-o", str(second), *fixed, "--shot", "2"]) == 0
    (tmp_path / "alone").mkdir()
    for number in range(6, 13):
        (tmp_path / f"in.{number:04d}.exr").rename(tmp_path / "alone" / f"in.{number:04d}.exr")
    alone = tmp_path / "alone.####.exr"
    render(job(tmp_path / "alone" / "in.####.exr", alone), Heard())
    found = pictures(both)
    assert {number: found[number] for number in range(6, 13)} == pictures(alone)
    assert pictures(second) == pictures(alone)


@pytest.mark.parametrize("missing", ["hold", "black"])
def test_missing_frames_are_stood_in_for(source: Path, tmp_path: Path, missing: str) -> None:
    (tmp_path / "in.0006.exr").unlink()
    target = tmp_path / "o.####.exr"
    command = ["render", str(source), "-o", str(target), *LOOK]
    assert run(command) == 1
    assert run([*command, "--missing", missing]) == 0
    found = pictures(target)
    assert sorted(found) == list(range(1, 13))
    assert any(found[6]) == (missing == "hold")
    chunks = tmp_path / "chunks.####.exr"
    render(job(source, chunks, missing=Missing(missing), chunk=5, jobs=2), Heard())
    assert pictures(chunks) == found


def test_checking_names_what_is_damaged(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(source), "--frames", "1-12"]) == 0
    file = tmp_path / "in.0004.exr"
    file.write_bytes(file.read_bytes()[:600])
    assert run(["check", str(source), "--frames", "1-13", "--progress", "openjd"]) == 1
    told = capsys.readouterr().out
    assert "openjd_fail: 2 of 13 frames" in told
    assert "in.0004.exr cannot be read" in told
    assert "in.0013.exr does not exist" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name the effects with --graph"),
        (["--graph", "deflicker", "--preset", "a.json"], "name the effects with --graph"),
        (["--graph", "deflicker,sharpen"], "there is no effect 'sharpen'; there are deflicker,"),
        (["--graph", "deflicker", "--set", "strenght=1"], "there is no parameter 'strenght'"),
        (["--graph", "deflicker", "--frames", "7-13"], "has the frames 1 to 12"),
        (["--graph", "deflicker", "--resume", "--overwrite"], "give one of them"),
        (["--graph", "deflicker", "--part"], "--part is for videos"),
        (["--graph", "deflicker", "--shot", "1"], "name one with --edit-list"),
        (["--graph", "deflicker", "--jobs", "0"], "--jobs"),
        (["--graph", "deflicker", "--set", "use_mask=on"], "name one with --mask"),
    ],
)
def test_wrong_requests(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    before = sorted(tmp_path.iterdir())
    assert run(["render", str(source), "-o", str(tmp_path / "o.####.exr"), *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_presets_and_options_agree(source: Path, tmp_path: Path) -> None:
    look = tmp_path / "look.yaml"
    assert run(["preset", str(look), *LOOK, "--set", "strength=1:0,12:1"]) == 0
    by_preset, by_option = tmp_path / "a.####.exr", tmp_path / "b.####.exr"
    assert run(["deflicker", str(source), str(by_preset), "--preset", str(look)]) == 0
    fixed = ["--radius", "2", "--encoding", "srgb", "--strength", "1:0,12:1"]
    assert run(["deflicker", str(source), str(by_option), *fixed]) == 0
    assert pictures(by_preset) == pictures(by_option)
    changed = tmp_path / "c.####.exr"
    fixed = ["--preset", str(look), "--strength", "0"]
    assert run(["deflicker", str(source), str(changed), *fixed]) == 0
    assert pictures(changed) == pictures(source)
    assert run(["restore", str(source), str(tmp_path / "d.####.exr"), "--preset", str(look)]) == 2


@pytest.mark.parametrize("options", [[], ["--jobs", "2"], ["--part"]])
def test_the_source_is_never_written(
    make_video: Make, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    source = make_video()
    before = source.read_bytes()
    command = ["render", str(source), "-o", str(source), *LOOK, "--overwrite", *options]
    assert run(command) == 1
    assert "is the source itself" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_a_mask_is_used_where_it_is_given(source: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.####.exr"
    clip = open_clip(source)
    writer = create_clip(mask, clip, range(1, 13))
    for number in range(1, 13):
        white = np.zeros(clip.shape, np.float32)
        white[:, : clip.shape[1] // 2] = 1
        writer.write(number, white)
    look = tmp_path / "look.json"
    assert run(["preset", str(look), *LOOK]) == 0
    target = tmp_path / "o.####.exr"
    command = ["render", str(source), "-o", str(target), "--preset", str(look)]
    assert run([*command, "--mask", str(mask), "--jobs", "2", "--chunk", "5"]) == 0
    before, after = pictures(source), pictures(target)
    changed = 0
    for number in range(1, 13):
        old, new = (np.frombuffer(each[number], clip.dtype) for each in (before, after))
        old, new = old.reshape(clip.shape), new.reshape(clip.shape)
        half = clip.shape[1] // 2
        assert np.array_equal(old[:, half:], new[:, half:])
        changed += not np.array_equal(old[:, :half], new[:, :half])
    assert changed >= 9  # a frame may be as bright as it is meant
