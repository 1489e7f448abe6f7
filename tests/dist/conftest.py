# SPDX-License-Identifier: Apache-2.0
"""What `make dist` or `make check-windows` has made.

These name the folder; an ordinary test run tries nothing here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from tests.clips import deflickered

from evenlight.frames import Array
from release.debian import UnreachableError, unpacked
from release.pythons import VERSIONS, find_pythons
from release.toolchain import write_compilers
from release.whole_bundle import NAME

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "tests/conformance/embedding"
FOLDER = os.environ.get("EVENLIGHT_DIST")
WINDOWS = os.environ.get("EVENLIGHT_WINDOWS")
collect_ignore_glob = []
if not FOLDER:
    collect_ignore_glob.append("test_dist_*.py")
if not WINDOWS:
    collect_ignore_glob.append("test_windows_*.py")

#: The oldest Debian that is at hand, glibc 2.31, without a Python.
OLD_SUITE, OLD_PACKAGES = "bullseye", ("dash", "libc6", "unzip")
#: Neighbours on each side where frames are compared: all of the few.
RADIUS = 3


def run(*command: str | Path) -> str:
    """What a command says that must end with 0."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def dist() -> Path:
    assert FOLDER
    return Path(FOLDER)


@pytest.fixture(scope="session")
def wheels(dist: Path) -> list[Path]:
    found = sorted(dist.glob("*.whl"))
    assert found
    return found


@pytest.fixture(scope="session")
def archive(dist: Path) -> Path:
    """The zip of the whole bundle."""
    return next(dist.glob("Evenlight-*-Linux-x86-64.zip"))


@pytest.fixture(scope="session")
def unzipped(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, as unzip leaves it."""
    folder = tmp_path_factory.mktemp("whole")
    subprocess.run(["unzip", "-q", str(archive), "-d", str(folder)], check=True)
    return folder / NAME


@pytest.fixture(scope="session")
def windows() -> Path:
    """The folder in which the plug-in was built for Windows."""
    assert WINDOWS
    return Path(WINDOWS)


def compile_for_windows(program: Path, *words: str | Path) -> None:
    """A program without libraries of its own, of sources and flags."""
    compiler = "x86_64-w64-mingw32-g++-posix"
    plugin = ROOT / "plugin"
    flags = ["-std=c++17", "-static", f"-I{plugin}", f"-I{plugin / 'openfx'}"]
    subprocess.run([compiler, *flags, *map(str, words), "-o", str(program)], check=True)


def run_by_wine(program: Path, *arguments: str, **environment: str) -> str:
    """What a program for Windows says that must end with 0."""
    if shutil.which("wine") is None:
        pytest.skip("the plug-in was not tried on Windows: Wine is not installed")
    folder = program.parent
    done = subprocess.run(
        ["wine", program.name, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "WINEPREFIX": str(folder / "wine"), "WINEDEBUG": "-all", **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def old_root() -> Path:
    """A system that has a shell and unzip, and no Python."""
    try:
        root = unpacked(ROOT / "build/release/old", OLD_SUITE, OLD_PACKAGES)
    except UnreachableError as error:
        pytest.skip(f"the whole bundle was not tried: packages cannot be reached ({error})")
    assert not list(root.rglob("python3*"))
    return root


@pytest.fixture(scope="session")
def small_host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest OpenFX host, for systems as old as the bundle is for."""
    folder = tmp_path_factory.mktemp("small_host")
    compilers = write_compilers(folder / "compilers")
    words = ["-std=c++17", "-O1", "-DSMALL_HOST_PROGRAM", f"-I{ROOT / 'plugin/openfx'}"]
    sources = [str(HOST / "small_host.cpp"), str(HOST / "host_suites.cpp")]
    program = folder / "small_host"
    subprocess.run([compilers["CXX"], *words, *sources, "-o", str(program)], check=True)
    return program


@pytest.fixture(scope="session")
def frames() -> Array:
    """A still scene (6, 90, 160, 4) in light that jumps."""
    rng = np.random.default_rng(7)
    scene = np.kron(rng.uniform(0.1, 0.7, (18, 32, 3)), np.ones((5, 5, 1)))
    opaque = np.ones((90, 160, 1))
    gains = (1.0, 0.8, 1.1, 0.9, 1.2, 0.85)
    return np.stack([np.concatenate([scene * g, opaque], 2) for g in gains]).astype(np.float32)


@pytest.fixture(scope="session")
def expected(frames: Array) -> Array:
    """What this checkout's package makes of the frames."""
    return deflickered(frames, RADIUS)


@pytest.fixture(scope="session", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """A Python of this machine, of each version that wheels are for."""
    found = find_pythons().get(request.param)
    if found is None:
        pytest.skip(f"the wheels for Python {request.param} were not tried: it is not here")
    return found


def environment(python: str, folder: Path, *packages: Path) -> Path:
    """Programs of a new environment in `folder` into which files of `packages` were installed."""
    run(python, "-m", "venv", folder)
    run(folder / "bin/python", "-m", "pip", "install", "--quiet", *packages)
    return folder / "bin"


def wheel_for(wheels: list[Path], package: str, python: str) -> Path:
    tag = f"-cp{Path(python).name.removeprefix('python').replace('.', '')}-"
    return next(one for one in wheels if one.name.startswith(f"{package}-") and tag in one.name)


@pytest.fixture(scope="session")
def fresh(python: str, wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment into which our wheel alone was installed."""
    wheel = wheel_for(wheels, "evenlight", python)
    return environment(python, tmp_path_factory.mktemp("fresh"), wheel)


def write_film(frames: Array, film: Path) -> None:
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mjpeg", rate=25, options={"qscale": "2"})
        stream.height, stream.width, stream.pix_fmt = 90, 160, "yuvj444p"
        for frame in frames:
            pixels = np.ascontiguousarray(np.rint(frame[..., :3] * 255).clip(0, 255), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
