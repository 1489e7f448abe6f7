# SPDX-License-Identifier: Apache-2.0
"""The whole bundle, in a system of 2021 that has no Python, as its zip has it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evenlight.effects import Deflicker
from evenlight.frames import Array
from pyopenfx import Host
from release.toolchain import GLIBC
from release.wheels import check_compiled
from release.whole_bundle import LARGEST, NAME, size_of

from .conftest import RADIUS

#: From the zip to the first corrected frame.
PATIENCE = 120.0


Try = Callable[..., tuple[str, Array]]


@pytest.fixture
def in_old_root(old_root: Path, small_host: Path, frames: Array, tmp_path: Path) -> Try:
    """Runs the smallest host in the old system, on a bundle seen there at `place`."""
    if shutil.which("bwrap") is None:
        pytest.skip("the whole bundle was not tried: bubblewrap is not installed")

    def run(
        bundle: Path, place: str, environment: dict[str, str] | None = None
    ) -> tuple[str, Array]:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        (work / "frames").write_bytes(frames.tobytes())
        shutil.copy(small_host, work / "host")
        command = ["bwrap", "--unshare-all", "--die-with-parent", "--clearenv"]
        command += ["--tmpfs", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
        for name in ("bin", "lib", "lib64", "usr"):
            command += ["--ro-bind", str(old_root / name), f"/{name}"]
        command += ["--bind", str(work), "/stand", "--ro-bind", str(bundle), place]
        for name, value in {"PATH": "/bin:/usr/bin", **(environment or {})}.items():
            command += ["--setenv", name, value]
        host = (
            f"exec /stand/host 'binary={place}/Contents/Linux-x86-64/Evenlight.ofx'"
            f" frames=/stand/frames out=/stand/out height=90 width=160 param.radius={RADIUS}"
        )
        done = subprocess.run(
            [*command, "/bin/sh", "-c", host],
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        made = np.fromfile(work / "out", np.float32).reshape(frames.shape)
        return done.stdout + done.stderr, made

    return run


def test_it_is_small_enough_and_its_library_old_enough(unzipped: Path) -> None:
    assert size_of(unzipped) <= LARGEST
    check_compiled(unzipped / "Contents/Linux-x86-64/Evenlight.ofx")
    assert GLIBC <= (2, 28)


@pytest.mark.parametrize(
    "place", [f"/OFX/{NAME}", f"/OFX/plug ins/{NAME}", f"/OFX/Plugins für Kinofilm 映画/{NAME}"]
)
def test_a_host_without_python_renders_the_packages_pixels(
    in_old_root: Try, unzipped: Path, expected: Array, place: str
) -> None:
    told, made = in_old_root(unzipped, place, {"EVENLIGHT_LOG": "1"})
    assert "brings a Python with libraries of its own" in told
    assert f"worker process of {place}/Contents/Python/bin/python" in told
    np.testing.assert_array_equal(made, expected)


def test_a_strange_python_around_it_does_not_matter(
    in_old_root: Try, unzipped: Path, expected: Array
) -> None:
    strange = {
        "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "LD_LIBRARY_PATH": "/nowhere",
        "PYTHONSTARTUP": "/nowhere", "EVENLIGHT_PYTHON": "",
    }  # fmt: skip
    _, made = in_old_root(unzipped, f"/OFX/{NAME}", strange)
    np.testing.assert_array_equal(made, expected)


def test_from_the_zip_to_the_first_frame_in_two_minutes(
    archive: Path, in_old_root: Try, tmp_path: Path
) -> None:
    start = time.monotonic()
    subprocess.run(["unzip", "-q", str(archive), "-d", str(tmp_path)], check=True)
    in_old_root(tmp_path / NAME, f"/OFX/{NAME}")
    assert time.monotonic() - start < PATIENCE


def test_a_zip_without_permissions_is_told(
    in_old_root: Try, unzipped: Path, frames: Array, tmp_path: Path
) -> None:
    bundle = shutil.copytree(unzipped, tmp_path / NAME)
    (bundle / "Contents/Python/bin/python").chmod(0o644)
    told, made = in_old_root(bundle, f"/OFX/{NAME}")
    assert (
        "cannot be started: Permission denied. Remove this Evenlight.ofx.bundle and unpack" in told
    )
    np.testing.assert_array_equal(made, frames)


def test_an_incomplete_copy_is_told(
    in_old_root: Try, unzipped: Path, frames: Array, tmp_path: Path
) -> None:
    bundle = shutil.copytree(unzipped, tmp_path / NAME)
    shutil.rmtree(bundle / "Contents/Python/lib/python3/dist-packages/evenlight")
    told, made = in_old_root(bundle, f"/OFX/{NAME}")
    assert "does not have the package evenlight. Remove this Evenlight.ofx.bundle" in told
    np.testing.assert_array_equal(made, frames)


def test_two_copies_render_in_one_host(
    unzipped: Path, frames: Array, expected: Array, tmp_path: Path
) -> None:
    beside = shutil.copytree(unzipped, tmp_path / NAME)
    with Host() as host:
        for bundle in (unzipped, beside):
            plugins = {plugin.identifier: plugin for plugin in host.load(str(bundle))}
            with plugins[Deflicker.identifier].create("Filter") as instance:
                instance.clips["Source"].connect(list(frames))
                instance.params["radius"].set(RADIUS)
                np.testing.assert_array_equal(instance.render(2), expected[2])
