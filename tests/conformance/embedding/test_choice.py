# SPDX-License-Identifier: Apache-2.0
"""Which runtime is taken, and what is said where no Python can be used."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from probing import Rendered, sequence

Render = Callable[..., Rendered]
REMEDY = (
    " Run `evenlight plugin install` again, or set EVENLIGHT_PYTHON to the full path of a Python "
    "that has Evenlight."
)
WINDOW = ("before=2", "after=1", "value=weight:s:0.5,1,1,0.25")


@pytest.fixture
def frames(rng: np.random.Generator) -> np.ndarray:
    return sequence(rng, 1, (4, 5, 3))


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def old_python() -> str | None:
    """Any Python before 3.11 that this machine happens to have."""
    folders = [*os.environ["PATH"].split(os.pathsep)]
    folders += [str(path) for path in Path(sys.base_prefix).parent.glob("*/bin")]
    names = [f"python3.{minor}" for minor in range(6, 11)]
    for name in names:
        for file in filter(None, (shutil.which(name, path=folder) for folder in folders)):
            if subprocess.run([file, "-c", ""], capture_output=True, check=False).returncode == 0:
                return file
    return None


def test_auto_embeds_where_the_process_has_no_python(render: Render, frames: np.ndarray) -> None:
    got = render("auto", frames, *WINDOW)
    assert got.texts[0].startswith("ok ")
    assert "in the host's process: the host holds no Python" in got.log


def test_auto_takes_the_worker_where_python_cannot_be_embedded(
    render: Render, frames: np.ndarray, stand_in_python: Path
) -> None:
    overlay = stand_in_python.parents[2] / "overlay" / "evenlight"
    for file in overlay.glob("_embedded*"):
        file.unlink()
    got = render("auto", frames, *WINDOW)
    assert got.texts[0].startswith("ok ")
    assert "in a worker process" in got.log
    assert "the package lacks its compiled module evenlight._embedded" in got.log
    forced = render("embedded", frames, *WINDOW)
    assert forced.texts == [
        "error 1 Evenlight cannot run in the host's process, as EVENLIGHT_RUNTIME=embedded asks: "
        "the package lacks its compiled module evenlight._embedded. Set it to auto or worker."
    ]


def test_nothing_is_logged_unless_asked_for(render: Render, frames: np.ndarray) -> None:
    for runtime in ("embedded", "worker"):
        assert render(runtime, frames, *WINDOW, environment={"EVENLIGHT_LOG": ""}).log == ""


def test_an_unknown_runtime_is_told(render: Render, frames: np.ndarray) -> None:
    assert render("inside", frames).texts == [
        "error 1 EVENLIGHT_RUNTIME is 'inside'; it must be auto, embedded or worker."
    ]


@pytest.mark.parametrize("runtime", ["auto", "embedded", "worker"])
def test_no_python_is_a_sentence(render: Render, frames: np.ndarray, runtime: str) -> None:
    got = render(runtime, frames, environment={"EVENLIGHT_PYTHON": ""})
    assert got.texts == ["error 1 Evenlight does not know which Python to use." + REMEDY]
    got = render(runtime, frames, environment={"EVENLIGHT_PYTHON": "/nonexistent/python"})
    assert got.texts == [
        "error 1 Evenlight's Python, /nonexistent/python, does not exist." + REMEDY
    ]


def test_a_file_for_another_machine_is_a_sentence(
    render: Render, frames: np.ndarray, tmp_path: Path
) -> None:
    foreign = bytearray(Path("/proc/self/exe").resolve().read_bytes()[:4096])
    foreign[18:20] = b"\xf7\x00"  # e_machine: BPF, which nothing runs on
    file = script(tmp_path / "foreign", "")
    file.write_bytes(foreign)
    got = render("auto", frames, environment={"EVENLIGHT_PYTHON": str(file)})
    assert got.texts == [
        f"error 1 Evenlight's Python, {file}, cannot be started: Exec format error." + REMEDY
    ]


def test_a_program_that_is_no_python_is_a_sentence(
    render: Render, frames: np.ndarray, tmp_path: Path
) -> None:
    file = script(tmp_path / "other", "#!/bin/sh\necho hello\n")
    got = render("auto", frames, environment={"EVENLIGHT_PYTHON": str(file)})
    assert got.texts == [
        f"error 1 Evenlight's Python, {file}, does not answer as a Python does." + REMEDY
    ]


def test_a_file_that_may_not_be_run_is_a_sentence(
    render: Render, frames: np.ndarray, tmp_path: Path
) -> None:
    file = tmp_path / "text"
    file.write_text("not a program")
    got = render("auto", frames, environment={"EVENLIGHT_PYTHON": str(file)})
    assert got.texts == [
        f"error 1 Evenlight's Python, {file}, cannot be started: Permission denied." + REMEDY
    ]


def test_a_python_without_the_package_is_a_sentence(
    render: Render, frames: np.ndarray, stand_in_python: Path
) -> None:
    (pth,) = stand_in_python.parents[1].rglob("stand_in.pth")
    pth.unlink()
    got = render("auto", frames)
    assert got.texts == [
        f"error 1 Evenlight's Python, {stand_in_python}, does not have the package evenlight."
        + REMEDY
    ]


def test_an_old_python_is_a_sentence(render: Render, frames: np.ndarray) -> None:
    old = old_python()
    if old is None:
        pytest.skip("no Python before 3.11 on this machine")
    (text,) = render("auto", frames, environment={"EVENLIGHT_PYTHON": old}).texts
    assert text.startswith(f"error 1 Evenlight's Python, {old}, is Python 3.")
    assert text.endswith("; Evenlight needs 3.11 or newer." + REMEDY)


def test_another_version_of_the_package_is_a_sentence(
    render: Render, frames: np.ndarray, stand_in_python: Path
) -> None:
    info = stand_in_python.parents[2] / "overlay" / "evenlight-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evenlight\nVersion: 9.9\n")
    (text,) = render("auto", frames).texts
    assert "has version 9.9 of the package, and this plug-in is version " in text
