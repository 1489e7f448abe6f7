# SPDX-License-Identifier: Apache-2.0
"""The files that are handed out: tags of the wheels, what they load in, checksums, bill."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from release.pythons import VERSIONS, find_pythons
from release.toolchain import PLATFORM
from release.wheels import check_wheel

from .conftest import run


def test_each_wheel_is_for_systems_since_glibc_2_28(wheels: list[Path]) -> None:
    for wheel in wheels:
        assert PLATFORM in wheel.name
        check_wheel(wheel)


def test_there_are_two_wheels_for_each_python(wheels: list[Path]) -> None:
    ours = {wheel.name.split("-")[2] for wheel in wheels if wheel.name.startswith("evenlight-")}
    host = {wheel.name.split("-")[2] for wheel in wheels if wheel.name.startswith("pyopenfx-")}
    here = [version for version in VERSIONS if version in find_pythons()]
    assert ours == host == {f"cp{version.replace('.', '')}" for version in here}


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
