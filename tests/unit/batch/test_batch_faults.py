# SPDX-License-Identifier: Apache-2.0
"""Renders in which something goes wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.processes import children_of
from tests.unit.batch.hearing import Heard, pictures
from tests.unit.batch.jobs import LOOK, Make, job

from evenlight.batch import RenderJob, render
from evenlight.batch.stop import Stop
from evenlight.batch.work import ChunkRenderer
from evenlight.cli.main import run
from evenlight.errors import BusyError, MediaError
from evenlight.graph import Graph
from evenlight.io.files import Claim, writing

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks are POSIX")


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
