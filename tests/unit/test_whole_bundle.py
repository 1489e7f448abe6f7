# SPDX-License-Identifier: Apache-2.0
"""A bundle that brings its own Python, beside a package that installs another."""

from __future__ import annotations

import plistlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import evenlight
from evenlight import bundle
from evenlight.bundle import NAME, Bundle
from release.portable_python import LOADER, STARTER
from release.whole_bundle import pack


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The files that matter of one, in a folder of plug-ins."""
    contents = tmp_path / "ofx" / NAME / "Contents"
    for folder in ("Linux-x86-64", "Resources", "Python/bin"):
        (contents / folder).mkdir(parents=True)
    (contents / "Linux-x86-64" / "Evenlight.ofx").write_bytes(b"\x7fELF, more or less")
    (contents / "Resources" / "python.txt").write_text("python=Python/bin/python\n")
    (contents / "Python" / "bin" / "python").write_text("#!/bin/sh\n")
    (contents / "Python" / "bin" / "python").chmod(0o755)
    info = {"CFBundleIdentifier": "org.evenlight.ofx", "CFBundleVersion": "0.0.1"}
    (contents / "Info.plist").write_bytes(plistlib.dumps(info))
    return contents.parent


def test_its_python_is_the_one_inside(whole: Path) -> None:
    assert Bundle(whole).python == whole / "Contents" / "Python" / "bin" / "python"


def test_the_package_replaces_it_whole(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = tmp_path / "package" / "bundle" / NAME / "Contents"
    for folder in ("Linux-x86-64", "Linux-aarch64", "MacOS", "Win64"):
        (carried / folder).mkdir(parents=True)
        (carried / folder / "Evenlight.ofx").write_bytes(b"a library")
    (carried / "Info.plist").write_bytes((whole / "Contents" / "Info.plist").read_bytes())
    monkeypatch.setattr(evenlight, "__path__", [str(tmp_path / "package")])
    bundle.install(whole.parent)
    assert not (whole / "Contents" / "Python").exists()
    assert Bundle(whole).python == Path(sys.executable)


def test_its_zip_keeps_what_can_be_run_and_is_the_same_each_time(
    whole: Path, tmp_path: Path
) -> None:
    moment = (2026, 1, 2, 3, 4, 6)
    for name in ("one.zip", "two.zip"):
        pack(whole, tmp_path / name, moment)
        (whole / "Contents" / "Info.plist").touch()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes[f"{NAME}/Contents/Python/bin/python"] == 0o100755
    assert modes[f"{NAME}/Contents/Linux-x86-64/Evenlight.ofx"] == 0o100755
    assert modes[f"{NAME}/Contents/Info.plist"] == 0o100644


def test_its_python_is_started_by_its_own_loader_from_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a folder für 映画" / "bin"
    for name in (folder, folder.parent / "lib"):
        name.mkdir(parents=True)
    loader = folder.parent / "lib" / LOADER
    loader.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    loader.chmod(0o755)
    starter = folder / "python"
    starter.write_text(STARTER, "utf-8")
    starter.chmod(0o755)
    told = lines_of(starter, "-c", "print('a b')")
    assert told[-4:] == [str(starter), f"{folder}/python3.11", "-c", "print('a b')"]
    assert f"{folder}/../lib" in told


def lines_of(*command: str | Path) -> list[str]:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
