# SPDX-License-Identifier: Apache-2.0
"""A worker that dies, hangs, or whose host dies; and what it inherits."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from probing import Rendered, finish, has_ended, sequence, wait_for, worker_of

Render = Callable[..., Rendered]
Start = Callable[..., "subprocess.Popen[str]"]
WINDOW = ("before=2", "after=1", "value=weight:s:0.5,1,1,0.25")
WORKER = {"EVENLIGHT_RUNTIME": "worker"}
#: Hung after 3 seconds: enough for a process that starts on a machine with much else to do.
HASTY = {**WORKER, "EVENLIGHT_WORKER_TIMEOUT": "3"}


def files_of(pid: int) -> str:
    """Names of the files that a process has open; it may close any of them meanwhile."""
    names = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            names.append(str(file.readlink()))
    return " ".join(names)


def test_a_worker_killed_from_outside_is_replaced(
    render: Render,
    start: Start,
    stand_in_python: Path,
    rng: np.random.Generator,
    tmp_path: Path,
) -> None:
    frames = sequence(rng, 3, (8, 9, 4))
    want = render("worker", frames, *WINDOW)
    process = start(frames, *WINDOW, "value=deed:t:wait", environment=WORKER)
    overlay = stand_in_python.parents[2] / "overlay" / "evenlight" / "effects"
    wait_for(overlay / "waits")  # in the first frame
    os.kill(worker_of(process), signal.SIGKILL)
    (overlay / "goes on").touch()
    got = finish(process, tmp_path)
    assert got.texts == want.texts
    assert got.pixels == want.pixels
    assert "the worker was ended by signal 9" in got.log


@pytest.mark.parametrize("deed", ["die_once", "freeze_once"])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_worker_that_dies_or_hangs_in_a_frame_is_replaced(
    render: Render, rng: np.random.Generator, deed: str, threads: int
) -> None:
    frames = sequence(rng, 3, (8, 9, 4))
    want = render("worker", frames, *WINDOW)
    arguments = (f"value=deed:t:{deed}", f"threads={threads}")
    got = render("worker", frames, *WINDOW, *arguments, environment=HASTY)
    assert got.texts == want.texts
    assert got.pixels == want.pixels
    ending = "was ended by signal 9" if deed == "die_once" else "stopped answering"
    assert f"the worker {ending}" in got.log


def test_a_frame_that_kills_every_worker_is_an_error_that_says_so(
    render: Render, rng: np.random.Generator
) -> None:
    got = render("worker", sequence(rng, 1, (8, 9, 4)), *WINDOW, "value=deed:t:die")
    assert got.texts == [
        "error 1 Evenlight's worker process was ended by signal 9, three times in a row, while "
        "rendering frame 0. Render again; where it stays so, run `evenlight doctor`."
    ]


def test_the_end_of_an_idle_worker_is_not_put_down_to_a_frame(
    render: Render, rng: np.random.Generator
) -> None:
    frames = sequence(rng, 2, (8, 9, 4))
    arguments = ("value=deed:t:die_idle_and_twice", "pause=1000")
    got = render("worker", frames, *WINDOW, *arguments)
    assert [text.split()[0] for text in got.texts] == ["ok", "ok"]
    assert "while it had nothing to do" in got.log
    assert got.log.count("was ended by signal 9 while rendering frame 1") == 2


def test_a_frame_that_never_ends_is_given_up_though_the_worker_lives(
    render: Render, rng: np.random.Generator
) -> None:
    arguments = ("value=deed:t:sleep", "value=seconds:d:600")
    hasty = {**WORKER, "EVENLIGHT_WORKER_TIMEOUT": "0.5"}  # 15 s for a frame
    got = render("worker", sequence(rng, 1, (8, 9, 4)), *WINDOW, *arguments, environment=hasty)
    assert got.texts == [
        "error 1 Evenlight's worker process stopped answering while rendering frame 0. "
        "Render again; where it stays so, run `evenlight doctor`."
    ]
    assert got.lines[0].milliseconds < 60_000


def test_libraries_that_take_long_to_load_are_not_a_hung_worker(
    render: Render, rng: np.random.Generator
) -> None:
    slow = {**WORKER, "EVENLIGHT_WORKER_TIMEOUT": "0.5", "EVENLIGHT_STAND_IN_START": "3"}
    got = render("worker", sequence(rng, 1, (8, 9, 4)), *WINDOW, environment=slow)
    assert got.texts[0].startswith("ok ")
    assert "the worker" not in got.log.replace("in a worker", "")


def test_a_slow_frame_is_not_a_hung_worker(render: Render, rng: np.random.Generator) -> None:
    arguments = ("value=deed:t:sleep", "value=seconds:d:5")
    got = render("worker", sequence(rng, 1, (8, 9, 4)), *WINDOW, *arguments, environment=HASTY)
    assert got.texts[0].startswith("ok ")
    assert "the worker" not in got.log.replace("in a worker", "")


def test_the_worker_ends_with_its_host(start: Start, rng: np.random.Generator) -> None:
    arguments = ("value=deed:t:sleep", "value=seconds:d:600")
    process = start(sequence(rng, 1, (8, 9, 4)), *WINDOW, *arguments, environment=WORKER)
    worker = worker_of(process)
    process.kill()
    assert has_ended(worker)


def test_the_worker_inherits_no_file_and_no_setting_of_the_hosts(
    start: Start, stand_in_python: Path, rng: np.random.Generator, tmp_path: Path
) -> None:
    poison = {
        "PYTHONPATH": "/nonexistent",
        "PYTHONHOME": "/nonexistent",
        "LD_LIBRARY_PATH": "/nonexistent",
        "OCIO": "/nonexistent",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "OPENSSL_CONF": "/nonexistent",
        "GCONV_PATH": "/nonexistent",
        "GLIBC_TUNABLES": "glibc.malloc.check=3",
        "CUDA_INJECTION64_PATH": "/nonexistent",
        "SOMETHING_NEW": "1",
    }
    arguments = ("value=deed:t:wait",)
    frames = sequence(rng, 1, (8, 9, 4))
    with (tmp_path / "of the host").open("w") as file:
        environment = {**WORKER, **poison}
        process = start(
            frames, *WINDOW, *arguments, environment=environment, pass_fds=(file.fileno(),)
        )
    overlay = stand_in_python.parents[2] / "overlay" / "evenlight" / "effects"
    wait_for(overlay / "waits")  # it is at work
    worker = worker_of(process)
    assert "of the host" in files_of(process.pid)
    assert "of the host" not in files_of(worker)
    names = Path(f"/proc/{worker}/environ").read_bytes()
    score = int(Path(f"/proc/{worker}/oom_score_adj").read_text())
    own = int(Path(f"/proc/{process.pid}/oom_score_adj").read_text())
    (overlay / "goes on").touch()
    assert not any(name.encode() + b"=" in names for name in poison)
    assert b"EVENLIGHT_RUNTIME=worker" in names
    assert score >= max(own, 800)  # the system ends it before the host
    assert finish(process, tmp_path).texts[0].startswith("ok ")


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan"])
def test_a_wrong_timeout_is_told(render: Render, rng: np.random.Generator, text: str) -> None:
    wrong = {"EVENLIGHT_WORKER_TIMEOUT": text}
    got = render("worker", sequence(rng, 1, (8, 9, 4)), *WINDOW, environment=wrong)
    assert got.texts == [
        f"error 1 EVENLIGHT_WORKER_TIMEOUT is '{text}'; "
        "it must be a number of seconds from 0.5 to 3600."
    ]
