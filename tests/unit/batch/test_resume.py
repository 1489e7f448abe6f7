# SPDX-License-Identifier: Apache-2.0
"""Renders taken up again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.batch.hearing import Heard, pictures
from tests.unit.batch.jobs import Make, job

from evenlight.batch import RenderJob, render
from evenlight.cli.main import run
from evenlight.errors import MediaError
from evenlight.graph import Graph
from evenlight.io import open_clip
from evenlight.io.parts import folder_of


@pytest.mark.parametrize("name", ["o.####.exr", "o.####.dpx", "o.####.tif", "o.####.png"])
def test_good_frames_are_kept_and_half_ones_done_again(
    source: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    render(job(source, target), Heard())
    before = pictures(target)
    half, gone = (Path(str(target).replace("####", n)) for n in ("0004", "0009"))
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    gone.unlink()
    heard = Heard()
    render(job(source, target, resume=True, chunk=5), heard)
    assert heard.rendered == [4, 9]
    assert heard.held == [n for n in range(1, 13) if n not in (4, 9)]
    assert pictures(target) == before


def test_a_video_goes_on_where_it_stopped(make_video: Make, tmp_path: Path) -> None:
    source, target = make_video(n_frames=20), tmp_path / "o.mp4"

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(job(source, target, chunk=6), Heard(at=15, action=stop))
    assert not target.exists()
    heard = Heard()
    render(job(source, target, chunk=6, resume=True), heard)
    assert heard.held == list(range(1, 13))
    render(job(source, tmp_path / "once.mp4"), Heard())
    assert target.read_bytes() == (tmp_path / "once.mp4").read_bytes()


def test_frames_of_another_job_are_never_kept(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "o.####.exr"
    render(job(source, target, frames=range(1, 5)), Heard())
    other = RenderJob(source, target, Graph.of("deflicker"), resume=True)
    with pytest.raises(MediaError, match="made with other effects or settings"):
        render(other, Heard())
    os.utime(tmp_path / "in.0007.exr", (1, 1))
    with pytest.raises(MediaError, match="another source, or it was changed since"):
        render(job(source, target, resume=True), Heard())
    for image in tmp_path.glob("o.*"):
        image.unlink()
    render(job(source, target, resume=True), Heard())  # nothing is left that could mislead
    (tmp_path / ".o..exr.evenlight.json").unlink()
    with pytest.raises(MediaError, match="has no record"):
        render(job(source, target, resume=True), Heard())


def test_frames_of_two_jobs_under_one_name_are_not_taken_up(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "o.####.exr"
    render(job(source, target, frames=range(1, 5)), Heard())
    other = Graph.of("deflicker")
    render(RenderJob(source, target, other, frames=range(5, 9)), Heard())
    for graph in (other, job(source, target).graph):
        with pytest.raises(MediaError, match="made with"):
            render(RenderJob(source, target, graph, resume=True), Heard())


def test_parts_of_another_job_are_refused(make_video: Make, tmp_path: Path) -> None:
    source, target = make_video(), tmp_path / "o.mp4"
    render(job(source, target, part=True, frames=range(1, 7)), Heard())
    other = RenderJob(source, target, Graph.of("deflicker"), part=True, frames=range(7, 13))
    with pytest.raises(MediaError, match="other effects or settings; remove that folder"):
        render(other, Heard())
    assert len(list(folder_of(target).glob("*.nut"))) == 1


def test_missing_and_damaged_parts_are_named(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = make_video(), tmp_path / "o.mp4"
    assert run(["assemble", str(source), "-o", str(target)]) == 1
    assert "there are no parts of" in capsys.readouterr().err
    for frames in (range(1, 5), range(7, 13)):
        render(job(source, target, part=True, frames=frames), Heard())
    assert run(["assemble", str(source), "-o", str(target)]) == 1
    assert "frames 5-6 of" in capsys.readouterr().err
    render(job(source, target, part=True, frames=range(5, 7)), Heard())
    part = folder_of(target) / "00000007-00000012.nut"
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    assert run(["assemble", str(source), "-o", str(target)]) == 1
    assert "render its frames again" in capsys.readouterr().err
    assert not target.exists()
    assert not part.exists()
    render(job(source, target, part=True, frames=range(7, 13)), Heard())
    assert run(["assemble", str(source), "-o", str(target)]) == 0
    assert open_clip(target).last == 12
