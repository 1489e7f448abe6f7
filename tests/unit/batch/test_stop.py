# SPDX-License-Identifier: Apache-2.0
"""Signals end a job between two frames, and never pass for something else that failed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.batch.hearing import Heard, pictures

from evenlight.batch import RenderJob, render
from evenlight.batch.stop import Stop
from evenlight.batch.tries import Tries
from evenlight.errors import Aborted, MediaError
from evenlight.graph import Graph

Make = Callable[..., Path]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

#: Stands in for a library whose import a signal interrupts: like compiled ones it makes an
#: ImportError of whatever is raised meanwhile. Once the signal is sent the real one is imported.
INTERRUPTED = """
import importlib, os, pathlib, signal, sys

here = pathlib.Path(__file__).parents[1]
mark, interrupted = here / "sent", False
try:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.{name})
        for _ in range(1000):
            pass
except BaseException:
    interrupted = True
if interrupted:
    raise ImportError("numpy.core.multiarray failed to import")
sys.path.remove(str(here))
del sys.modules["onnxruntime"]
sys.modules["onnxruntime"] = importlib.import_module("onnxruntime")
"""
LEARNED = ["--radius", "2", "--encoding", "srgb", "--method", "learned"]


@pytest.fixture
def learned(uneven: Path, tmp_path: Path) -> dict[int, bytes]:
    settings = ["radius=2", "encoding=srgb", "method=learned"]
    (tmp_path / "learned").mkdir()
    target = tmp_path / "learned" / "o.####.exr"
    render(RenderJob(uneven, target, Graph.of("deflicker").with_settings(settings)), Heard())
    return pictures(target)


def interrupting(folder: Path, name: str) -> dict[str, str]:
    """The environment of a process that gets the signal while it imports ONNX Runtime."""
    stand_in = folder / "path" / "onnxruntime"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text(INTERRUPTED.replace("{name}", name))
    return {**os.environ, "PYTHONPATH": str(stand_in.parent)}


def evenlight(*words: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evenlight.cli", *map(str, words)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
@pytest.mark.parametrize("fall_back", ["on", "off"])
def test_a_signal_during_an_import_ends_the_job_and_nothing_falls_back(
    uneven: Path,
    learned: dict[int, bytes],
    tmp_path: Path,
    name: str,
    code: int,
    fall_back: str,
) -> None:
    env = interrupting(tmp_path, name)
    command = ["deflicker", uneven, tmp_path / "o.####.exr", *LEARNED, "--fall-back", fall_back]
    done = evenlight(*command, env=env)
    assert done.returncode == code, done.stderr
    assert done.stderr == "error: stopped; nothing unfinished was left\n"
    written = sorted(path.name for path in tmp_path.glob("*o.*"))
    assert written in ([], [".o..exr.evenlight.json", "o.0001.exr"])
    done = evenlight(*command, "--resume", env=env)
    assert done.returncode == 0, done.stderr
    assert pictures(tmp_path / "o.####.exr") == learned


def test_a_signal_during_an_import_ends_an_analysis(uneven: Path, tmp_path: Path) -> None:
    env = interrupting(tmp_path, "SIGTERM")
    done = evenlight("analyse", uneven, "-o", tmp_path / "a.evenlight", *LEARNED, env=env)
    assert done.returncode == 143, done.stderr
    assert not (tmp_path / "a.evenlight").exists()


def test_a_process_that_is_ended_while_it_imports_is_replaced(
    uneven: Path, learned: dict[int, bytes], tmp_path: Path
) -> None:
    env = interrupting(tmp_path, "SIGTERM")
    command = ["deflicker", uneven, tmp_path / "o.####.exr", *LEARNED, "--fall-back", "on"]
    done = evenlight(*command, "--jobs", "2", "--chunk", "3", "--output", "json", env=env)
    assert done.returncode == 0, done.stderr
    assert "a render process was killed" in done.stdout
    assert pictures(tmp_path / "o.####.exr") == learned


def test_a_second_signal_ends_the_process_at_once() -> None:
    program = (
        "import os, signal\nfrom evenlight.batch.stop import Stop\n"
        "with Stop(signal.SIGINT, signal.SIGTERM).listening():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n    print('going on', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n    print('still there', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (143, "going on\n")


def test_processes_told_to_end_twice_still_clean_up() -> None:
    stop = Stop(signal.SIGTERM, at_once=False)
    before = signal.getsignal(signal.SIGTERM)
    with stop.listening():
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
    assert stop.signal == signal.SIGTERM
    with pytest.raises(Aborted):
        stop.check()


def test_a_pause_ends_with_the_job() -> None:
    stop = Stop(signal.SIGALRM)
    tries = Tries(Heard(), 100, range(1, 3), stop)

    def go_on() -> None:
        while True:
            tries.may_again(range(1, 3), MediaError("the disk is away"))

    began = time.monotonic()
    with stop.listening():
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Aborted):
            go_on()
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("options", [{}, {"chunk": 4}, {"jobs": 2, "chunk": 4}])
@pytest.mark.parametrize("name", ["o.####.exr", "o.mkv"])
def test_a_job_that_is_to_stop_stops_before_the_next_frame(
    source: Path, tmp_path: Path, name: str, options: dict[str, int]
) -> None:
    stop = Stop(signal.SIGUSR1)
    heard = Heard(at=2, action=lambda: os.kill(os.getpid(), signal.SIGUSR1))
    graph = Graph.of("deflicker").with_settings(["radius=2", "encoding=srgb"])
    with pytest.raises(Aborted):
        render(RenderJob(source, tmp_path / name, graph, **options), heard, stop)
    assert len(heard.rendered) < 12
    if "jobs" not in options:
        assert heard.rendered == [1, 2]
    assert not [path for path in tmp_path.rglob("*") if ".part" in path.suffixes]
    heard = Heard()
    resume = {**options, "resume": True}
    render(RenderJob(source, tmp_path / name, graph, **resume), heard)
    assert sorted(heard.rendered + heard.held) == list(range(1, 13))


@pytest.mark.skipif(os.name != "posix", reason="process groups")
@pytest.mark.parametrize("after", [0.0, 0.3, 0.8, 1.5])
def test_ctrl_c_with_several_processes_ends_in_one_sentence(
    make_images: Callable[..., Path], tmp_path: Path, after: float
) -> None:
    """The terminal sends it to all processes, those among them that are still importing."""
    source = make_images(
        "in.####.png", numbers=tuple(range(1, 200)), size=(320, 180), depth="uint8"
    )
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from evenlight.cli import main; main()",
            "deflicker", str(source), str(tmp_path / "out.####.png"), "--jobs", "2", "--chunk", "4",
            "--progress", "json",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    record = tmp_path / ".out..png.evenlight.json"
    end = time.monotonic() + 60
    while not record.exists() and time.monotonic() < end:
        time.sleep(0.02)  # the processes are started when it is there
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == "error: stopped; nothing unfinished was left\n"
    assert not list(tmp_path.glob(".out.*.part.png"))
