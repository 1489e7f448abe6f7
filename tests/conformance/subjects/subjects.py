# SPDX-License-Identifier: Apache-2.0
"""Builds the test subjects: one library, whose file name says which fault it has."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HEADERS = HERE.parents[2] / "plugin" / "openfx"

#: Subjects that are no variant of `subject.cpp`.
_OWN_SOURCE = ("no_exports", "several")


class Subjects:
    """Bundles of the subject, compiled once."""

    def __init__(self, folder: Path) -> None:
        compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
        if compiler is None:
            pytest.skip("no C++ compiler: set CXX to the path of one")
        if platform.system() != "Linux":
            pytest.skip("the subjects are written for Linux")
        self._folder = folder
        self._compiler = compiler
        self._subject = self._compile("subject")

    def __call__(self, fault: str = "good") -> Path:
        """The bundle with one fault, or with none."""
        library = self._compile(fault) if fault in _OWN_SOURCE else self._subject
        bundle = self._folder / f"{fault}.ofx.bundle"
        binary = bundle / "Contents" / "Linux-x86-64" / f"{fault}.ofx"
        if not binary.exists():
            binary.parent.mkdir(parents=True)
            shutil.copy(library, binary)
        return bundle

    def _compile(self, name: str) -> Path:
        library = self._folder / f"{name}.so"
        command = [self._compiler, "-std=c++17", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC"]
        command += ["-fvisibility=hidden", f"-I{HEADERS}", str(HERE / f"{name}.cpp")]
        built = subprocess.run(
            [*command, "-o", str(library), "-pthread"], capture_output=True, text=True
        )
        assert built.returncode == 0, built.stderr
        return library
