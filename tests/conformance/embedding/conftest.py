# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from probing import EFFECT, HERE, ROOT, Rendered, finish, make_stand_in_python

from evenlight.frames import DEPTHS, Array


@pytest.fixture
def stand_in_python(tmp_path: Path) -> Path:
    return make_stand_in_python(tmp_path)


@pytest.fixture(scope="session")
def programs() -> Path:
    """The programs that stand for hosts; built here, once, or found where they were built before
    with other settings, as with a sanitizer."""
    named = os.environ.get("EVENLIGHT_TEST_PROGRAMS")
    if named:
        return Path(named)
    build = ROOT / "build" / "runtime_probe"
    scripts = Path(sys.executable).parent
    cmake = shutil.which("cmake", path=f"{scripts}{os.pathsep}{os.environ['PATH']}")
    assert cmake, "cmake is part of the build group: run `make build`"
    ninja = shutil.which("ninja", path=f"{scripts}{os.pathsep}{os.environ['PATH']}")
    configure = [cmake, "-S", str(HERE), "-B", str(build), f"-DPython_EXECUTABLE={sys.executable}"]
    configure += ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}"] if ninja else []
    for command in (configure, [cmake, "--build", str(build)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return build


@pytest.fixture(scope="session")
def probe(programs: Path) -> Path:
    """Calls the runtime as the plug-in does."""
    return programs / "runtime_probe"


@pytest.fixture(scope="session")
def small_host(programs: Path) -> Path:
    """The smallest OpenFX host."""
    return programs / "small_host"


Probe = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(probe: Path, stand_in_python: Path, tmp_path: Path) -> Iterator[Probe]:
    """Starts the probe on frames (T, H, W, C); `environment` comes on top of the default one."""
    started = []

    def run(
        frames: Array,
        *arguments: str,
        environment: dict[str, str] | None = None,
        mask: Array | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[str]:
        (tmp_path / "frames").write_bytes(frames.tobytes())
        (tmp_path / "mask").write_bytes(b"" if mask is None else mask.tobytes())
        _, height, width, channels = frames.shape
        command = [
            str(probe),
            *arguments,
            f"frames={tmp_path / 'frames'}",
            f"mask={tmp_path / 'mask'}",
        ]
        command += [f"out={tmp_path / 'out'}", f"effect={EFFECT}", f"height={height}"]
        command += [f"width={width}", f"channels={channels}"]
        command += [f"depth={DEPTHS.index(frames.dtype)}"]
        full = {**os.environ, "EVENLIGHT_PYTHON": str(stand_in_python), "EVENLIGHT_LOG": "1"}
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                command,
                env={**full, **(environment or {})},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=pass_fds,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def render(start: Probe, tmp_path: Path) -> Callable[..., Rendered]:
    """Renders with the probe and reads what it made."""

    def run(
        runtime: str,
        frames: Array,
        *arguments: str,
        environment: dict[str, str] | None = None,
        mask: Array | None = None,
    ) -> Rendered:
        chosen = {"EVENLIGHT_RUNTIME": runtime, **(environment or {})}
        return finish(start(frames, *arguments, environment=chosen, mask=mask), tmp_path)

    return run
