# SPDX-License-Identifier: Apache-2.0
"""The wheels, in environments that hold nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest

from evenlight.frames import Array
from release.pythons import find_pythons
from release.toolchain import PLATFORM
from release.wheels import check_wheel


def run(*command: str | Path) -> str:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(dist: Path) -> list[Path]:
    found = sorted(dist.glob("*.whl"))
    assert found
    return found


def test_each_wheel_is_for_systems_since_glibc_2_28(wheels: list[Path]) -> None:
    for wheel in wheels:
        assert PLATFORM in wheel.name
        check_wheel(wheel)


def test_there_are_two_wheels_for_each_python(wheels: list[Path]) -> None:
    ours = {wheel.name.split("-")[2] for wheel in wheels if wheel.name.startswith("evenlight-")}
    host = {wheel.name.split("-")[2] for wheel in wheels if wheel.name.startswith("pyopenfx-")}
    assert ours == host
    assert f"cp3{sys.version_info.minor}" in ours


def test_each_wheel_loads_in_the_python_that_it_is_for(wheels: list[Path], tmp_path: Path) -> None:
    pythons = {f"cp{version.replace('.', '')}": file for version, file in find_pythons().items()}
    load = (
        "import sys; from importlib.util import module_from_spec as make, spec_from_file_location;"
        "[s.loader.exec_module(make(s)) for f in sys.argv[1:]"
        " for s in [spec_from_file_location(f.split('/')[-1].split('.')[0], f)]]"
    )
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path / wheel.name)
        found = (tmp_path / wheel.name).rglob("*.so")
        modules = [file for file in found if file.name.split(".")[0] in ("_native", "_core")]
        assert modules
        run(pythons[wheel.name.split("-")[2]], "-I", "-c", load, *modules)


def test_each_file_has_its_checksum(dist: Path) -> None:
    lines = (dist / "SHA256SUMS").read_text("utf-8").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert set(listed) == {path.name for path in dist.iterdir()} - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((dist / name).read_bytes()).hexdigest() == digest


def test_the_bill_of_materials_names_what_is_locked(dist: Path) -> None:
    bill = json.loads((dist / "sbom.cdx.json").read_text("utf-8"))
    assert {"numpy", "onnxruntime", "opencv-python-headless"} <= {
        part["name"] for part in bill["components"]
    }


@pytest.fixture(scope="module")
def fresh(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment into which our wheel alone was installed."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    tag = f"-cp3{sys.version_info.minor}-"
    wheel = next(one for one in wheels if one.name.startswith("evenlight-") and tag in one.name)
    run(folder / "bin/python", "-m", "pip", "install", "--quiet", wheel)
    return folder / "bin"


def test_one_wheel_and_one_command_restore_a_film(
    fresh: Path, frames: Array, tmp_path: Path
) -> None:
    film, made = tmp_path / "film.mov", tmp_path / "out.mov"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mjpeg", rate=25, options={"qscale": "2"})
        stream.height, stream.width, stream.pix_fmt = 90, 160, "yuvj444p"
        for frame in frames:
            pixels = np.ascontiguousarray(np.rint(frame[..., :3] * 255).clip(0, 255), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    run(fresh / "evenlight", "restore", film, made)

    def light(path: Path) -> Array:
        with av.open(str(path)) as container:
            return np.array([f.to_ndarray(format="gray").mean() for f in container.decode(video=0)])

    assert light(made).std() < 0.4 * light(film).std()


def test_the_plug_in_of_the_wheel_is_installed_and_whole(fresh: Path, tmp_path: Path) -> None:
    told = run(fresh / "evenlight", "plugin", "install", tmp_path / "OFX")
    assert str(tmp_path / "OFX") in told
    assert (tmp_path / "OFX/Evenlight.ofx.bundle/Contents/Info.plist").is_file()
    told = run(fresh / "evenlight", "doctor")
    assert re.search(r"test render.*brightness was off by", told.replace("\n", " "))
