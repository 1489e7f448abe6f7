# SPDX-License-Identifier: Apache-2.0
"""The built bundle in the smallest host: without Python around it, and inside another Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from probing import flickering
from tests.clips import deflickered

from evenlight.frames import Array

HOLDER = """
import ctypes, sys
library, *words = sys.argv[1:]
words = [word.encode() for word in words]
host = ctypes.CDLL(library, mode=ctypes.RTLD_LOCAL)
sys.exit(host.runSmallHost(len(words), (ctypes.c_char_p * len(words))(*words)))
"""
RADIUS = 3


@pytest.fixture(scope="module")
def frames() -> Array:
    return flickering(np.random.default_rng(7), 6, (90, 160))


@pytest.fixture(scope="module")
def expected(frames: Array) -> Array:
    """What the package makes of the frames, called directly."""
    return deflickered(frames, RADIUS)


def render(command: list[str], bundle: Path, frames: Array, folder: Path, **settings: str) -> str:
    (folder / "frames").write_bytes(frames.tobytes())
    _, height, width, _ = frames.shape
    binary = next(bundle.glob("Contents/*/Evenlight.ofx"))
    words = [f"binary={binary}", f"frames={folder / 'frames'}", f"out={folder / 'out'}"]
    words += [f"height={height}", f"width={width}", f"param.radius={RADIUS}"]
    environment = {**os.environ, "EVENLIGHT_PYTHON": sys.executable, "EVENLIGHT_LOG": "1"}
    for name in ("PYTHONPATH", "PYTHONHOME", "EVENLIGHT_RUNTIME"):
        environment.pop(name, None)
    done = subprocess.run(
        [*command, *words],
        env={**environment, **settings},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def pixels(folder: Path, like: Array) -> Array:
    return np.fromfile(folder / "out", like.dtype).reshape(like.shape)


@pytest.mark.parametrize("runtime", ["auto", "embedded", "worker"])
def test_a_host_without_python_renders_the_packages_pixels(
    small_host: Path, bundle: Path, frames: Array, expected: Array, tmp_path: Path, runtime: str
) -> None:
    told = render([str(small_host)], bundle, frames, tmp_path, EVENLIGHT_RUNTIME=runtime)
    assert "described" in told
    assert told.split("described")[1].split("\n")[0].endswith("python 0")
    where = "a worker process of " if runtime == "worker" else "the host's process: "
    assert f" in {where}" in told
    assert f"rendered python {0 if runtime == 'worker' else 1}" in told
    np.testing.assert_array_equal(pixels(tmp_path, frames), expected)
    assert not np.array_equal(expected, frames)


def other_pythons() -> list[str]:
    """Pythons of other minor versions that this machine happens to have, with or without numpy."""
    folders = os.environ["PATH"].split(os.pathsep)
    folders += [str(path) for path in sorted(Path(sys.base_prefix).parent.glob("*/bin"))]
    found = {}
    for minor in range(12, 16):
        if minor == sys.version_info.minor:
            continue
        for folder in folders:
            file = shutil.which(f"python3.{minor}", path=folder)
            if file and subprocess.run([file, "-c", ""], capture_output=True).returncode == 0:
                found.setdefault(minor, file)
    return list(found.values())


def test_a_host_that_runs_another_python_gets_the_worker(
    small_host: Path, bundle: Path, frames: Array, expected: Array, tmp_path: Path
) -> None:
    pythons = other_pythons()
    if not pythons:
        pytest.skip("no Python of another minor version on this machine")
    library = small_host.with_name("libsmall_host_library.so")
    for python in pythons:
        told = render([python, "-I", "-c", HOLDER, str(library)], bundle, frames, tmp_path)
        assert "in a worker process" in told
        np.testing.assert_array_equal(pixels(tmp_path, frames), expected)
        told = render(
            [python, "-I", "-c", HOLDER, str(library)],
            bundle,
            frames,
            tmp_path,
            EVENLIGHT_RUNTIME="embedded",
        )
        assert "EVENLIGHT_RUNTIME=embedded asks: the host runs Python 3." in told
        np.testing.assert_array_equal(pixels(tmp_path, frames), frames)


def test_a_host_that_runs_the_same_python_may_share_it(
    small_host: Path, bundle: Path, frames: Array, expected: Array, tmp_path: Path
) -> None:
    library = small_host.with_name("libsmall_host_library.so")
    command = [sys.executable, "-I", "-c", HOLDER, str(library)]
    assert "in a worker process" in render(command, bundle, frames, tmp_path)
    told = render(command, bundle, frames, tmp_path, EVENLIGHT_RUNTIME="embedded")
    assert "in the host's process" in told
    np.testing.assert_array_equal(pixels(tmp_path, frames), expected)


def test_the_bundle_names_its_python(
    small_host: Path, bundle: Path, frames: Array, expected: Array, tmp_path: Path
) -> None:
    moved = shutil.copytree(bundle, tmp_path / "with space" / bundle.name)
    (moved / "Contents" / "Resources").mkdir(exist_ok=True)
    named = moved / "Contents" / "Resources" / "python.txt"
    named.write_text(f"python={sys.executable}\n")
    render([str(small_host)], moved, frames, tmp_path, EVENLIGHT_PYTHON="")
    np.testing.assert_array_equal(pixels(tmp_path, frames), expected)
    named.unlink()
    told = render([str(small_host)], moved, frames, tmp_path, EVENLIGHT_PYTHON="")
    assert "Evenlight does not know which Python to use. Run `evenlight plugin install`" in told
    np.testing.assert_array_equal(pixels(tmp_path, frames), frames)
