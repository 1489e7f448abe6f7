# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.processes import children_of
from tests.unit.batch.hearing import Heard, pictures

from evenlight.batch import RenderJob, render
from evenlight.batch.stop import Stop
from evenlight.batch.work import ChunkRenderer
from evenlight.cli.main import run
from evenlight.errors import BusyError, MediaError
from evenlight.graph import Graph
from evenlight.io import Missing, VideoOptions, create_clip, open_clip
from evenlight.io.files import Claim, writing
from evenlight.io.parts import folder_of

Make = Callable[..., Path]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks are POSIX")
LOOK = ["--graph", "deflicker", "--set", "radius=2", "--set", "encoding=srgb"]
#: Without loss, for x264's macroblock tree does not give the same bytes in each run.
LOSSLESS = VideoOptions(quality=0)


def job(source: Path, target: Path, **options: Any) -> RenderJob:
    graph = Graph.of("deflicker").with_settings(["radius=2", "encoding=srgb"])
    return RenderJob(source, target, graph, video=LOSSLESS, **options)


@pytest.fixture
def whole(source: Path, tmp_path: Path) -> dict[int, bytes]:
    """The frames that one run makes."""
    (tmp_path / "whole").mkdir()
    target = tmp_path / "whole" / "o.####.exr"
    render(job(source, target), Heard())
    return pictures(target)


# The same bytes


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


# Taken up again


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


# What goes wrong


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for children in /proc")
def test_processes_end_with_a_job_that_is_killed(source: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evenlight.cli", "render", str(source)]
    command += ["-o", str(tmp_path / "o.####.exr"), "--graph", "restore", "--jobs", "2"]
    command += ["--chunk", "2"]
    with subprocess.Popen(command) as started:
        while not list(tmp_path.glob("o.*.exr")):
            assert started.poll() is None
            time.sleep(0.02)
        children = children_of(started.pid, b"spawn_main")
        assert len(children) == 2
        started.kill()
    end = time.monotonic() + 1
    while any(is_alive(child) for child in children):
        assert time.monotonic() < end, "they live on"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for children in /proc")
def test_killed_processes_are_replaced(source: Path, tmp_path: Path) -> None:
    def kill() -> None:
        for child in children_of(os.getpid(), b"spawn_main"):
            os.kill(child, signal.SIGKILL)

    slow = Graph.of("restore").with_settings(["radius=4", "encoding=srgb"])
    render(RenderJob(source, tmp_path / "once.####.exr", slow), Heard())
    heard = Heard(at=1, action=kill)
    render(RenderJob(source, tmp_path / "o.####.exr", slow, jobs=2, chunk=6), heard)
    assert {attempt for _, attempt, _ in heard.retries} == {1}
    assert "was killed" in heard.retries[0][2]
    assert pictures(tmp_path / "o.####.exr") == pictures(tmp_path / "once.####.exr")


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_another_job_writes_is_tried_again(
    source: Path, whole: dict[int, bytes], tmp_path: Path, jobs: int
) -> None:
    other = Claim(tmp_path / "o.0002.exr")

    class Patient(Heard):
        def again(self, numbers: range, attempt: int, reason: str) -> None:
            super().again(numbers, attempt, reason)
            other.drop()

    heard = Patient()
    options = {"jobs": jobs, "chunk": 4, "retries": 2}
    render(job(source, tmp_path / "o.####.exr", **options), heard)
    assert len(heard.retries) == 1
    assert "is being written by another job" in heard.retries[0][2]
    assert sorted(heard.rendered + heard.held) == list(range(1, 13))
    assert pictures(tmp_path / "o.####.exr") == whole


@POSIX
def test_two_jobs_do_not_write_one_file(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = make_video(), tmp_path / "o.mp4"
    other = Claim(target)
    other.partial.write_bytes(b"the other's work")
    command = ["render", str(source), "-o", str(target), *LOOK]
    assert run([*command, "--progress", "json"]) == 75
    told = capsys.readouterr()
    assert "is being written by another job" in json.loads(told.out)["message"]
    assert other.partial.read_bytes() == b"the other's work"
    other.drop()
    assert run(command) == 0


def test_a_full_disk_may_have_room_later(tmp_path: Path) -> None:
    with pytest.raises(BusyError, match="the disk is full; make room"), writing(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(MediaError, match="read-only") as told, writing(tmp_path / "a"):
        raise OSError(errno.EROFS, "Read-only file system")
    assert not isinstance(told.value, BusyError)


def test_chunks_that_fail_for_good_do_not_stop_the_others(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.0002.exr"
    file.write_bytes(file.read_bytes()[:600])
    target = tmp_path / "o.####.exr"
    command = ["render", str(source), "-o", str(target), *LOOK, "--retries", "1", "--chunk", "4"]
    assert run([*command, "--progress", "json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["attempt"] for line in lines if line["event"] == "retry"] == [1]
    assert "frames 1-4 failed: " in lines[-1]["message"]
    assert "in.0002.exr cannot be read" in lines[-1]["message"]
    assert sorted(p.name for p in tmp_path.glob("o.*")) == [f"o.{n:04d}.exr" for n in range(5, 13)]


def test_a_source_that_changes_is_refused(source: Path, tmp_path: Path) -> None:
    def change() -> None:
        for number in range(6, 13):
            os.utime(tmp_path / f"in.{number:04d}.exr", (1, 1))

    heard = Heard(at=1, action=change)
    wanted = job(source, tmp_path / "o.####.exr", retries=0)
    with pytest.raises(MediaError, match="was changed while it was rendered"):
        render(wanted, heard)
    assert 12 not in heard.rendered
    refused = pytest.raises(MediaError, match="was changed while it was rendered")
    with refused, ChunkRenderer.open(wanted, "the fingerprint it had", Stop()):
        pass


def test_a_video_that_changes_is_refused(make_video: Make, tmp_path: Path) -> None:
    source = make_video(n_frames=60)
    heard = Heard(at=1, action=lambda: os.utime(source, (1, 1)))
    with pytest.raises(MediaError, match=r"in\.mp4 was changed while"):
        render(job(source, tmp_path / "o.mp4"), heard)
    assert not list(tmp_path.glob("*o.*"))


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


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part" in path.suffixes]


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
def test_being_told_to_end_leaves_nothing_unfinished(
    make_video: Make, tmp_path: Path, jobs: int
) -> None:
    source, target = make_video(n_frames=400, size=(320, 240)), tmp_path / "o.mp4"
    command = [sys.executable, "-m", "evenlight.cli", "render", str(source), "-o", str(target)]
    command += ["--graph", "deflicker", "--jobs", str(jobs), "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline())["event"] == "progress"
        child.send_signal(signal.SIGTERM)
        told = child.communicate(timeout=120)[0].splitlines()
    assert child.returncode == 143
    assert json.loads(told[-1])["message"].startswith("stopped")
    last = time.monotonic() + 60  # its processes end by themselves
    while unfinished(tmp_path) and time.monotonic() < last:
        time.sleep(0.02)
    assert not unfinished(tmp_path)
    assert not target.exists()
