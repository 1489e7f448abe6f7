# SPDX-License-Identifier: Apache-2.0
"""The plug-in for Windows: its exports, and under Wine what it says where it finds no Python."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from evenlight.frames import Array

from .conftest import HOST, compile_for_windows, run_by_wine


@pytest.fixture
def binary(windows: Path) -> Path:
    return windows / "Evenlight.ofx.bundle/Contents/Win64/Evenlight.ofx"


def test_it_exports_the_standards_functions_and_brings_its_c_library(binary: Path) -> None:
    told = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", str(binary)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    table = told.split("[Ordinal/Name Pointer] Table")[1].split("\n\n")[0]
    assert [line.split()[-1] for line in table.splitlines() if "Ofx" in line] == [
        "OfxGetNumberOfPlugins", "OfxGetPlugin", "OfxSetHost",
    ]  # fmt: skip
    libraries = {line.split()[-1].lower() for line in told.splitlines() if "DLL Name" in line}
    assert libraries <= {"kernel32.dll", "msvcrt.dll"}


def render(binary: Path, frames: Array, folder: Path, python: str) -> tuple[str, Array]:
    """What the smallest host says under Wine, and what it made of the frames."""
    program = folder / "small_host.exe"
    sources = HOST / "small_host.cpp", HOST / "host_suites.cpp"
    compile_for_windows(program, "-DSMALL_HOST_PROGRAM", *sources)
    (folder / "frames").write_bytes(frames.tobytes())
    arguments = [f"binary={binary}", "frames=frames", "out=out", "height=90", "width=160"]
    told = run_by_wine(program, *arguments, EVENLIGHT_PYTHON=python)
    return told, np.fromfile(folder / "out", np.float32).reshape(frames.shape)


def test_without_a_python_it_is_described_and_says_what_to_do(
    binary: Path, frames: Array, tmp_path: Path
) -> None:
    told, made = render(binary, frames, tmp_path, "")
    assert "described" in told
    assert "Evenlight does not know which Python to use. Run `evenlight plugin install`" in told
    np.testing.assert_array_equal(made, frames)


def test_a_program_that_is_no_python_is_asked_and_told_apart(
    binary: Path, frames: Array, tmp_path: Path
) -> None:
    told, made = render(binary, frames, tmp_path, r"C:\windows\system32\hostname.exe")
    assert r"C:\windows\system32\hostname.exe, does not answer as a Python does." in told
    np.testing.assert_array_equal(made, frames)
