# SPDX-License-Identifier: Apache-2.0
"""Wheels that install on any Linux since glibc 2.28, and the source they are made of."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path

from .elf import glibc_needed, is_elf, needed_libraries
from .toolchain import GLIBC, PLATFORM, write_compilers


class UnfitError(Exception):
    """A file that must not be handed out; the text says why."""


def build_wheels(sources: Iterable[Path], pythons: Collection[str], out: Path) -> list[Path]:
    """Build a wheel of each of `sources` for each of `pythons` into `out`, repaired and checked.

    Raises UnfitError where one asks for more than it may.
    """
    built = []
    with tempfile.TemporaryDirectory() as folder:
        environment = write_compilers(Path(folder) / "compilers")
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        raw = Path(folder) / "raw"
        for source in sources:
            # One folder for all Pythons: what does not depend on them is compiled once.
            build = Path(folder) / source.name
            settings = {
                "build-dir": build,
                "cmake.define.CMAKE_INTERPROCEDURAL_OPTIMIZATION": "OFF",
            }
            words = [word for key, value in settings.items() for word in ("-C", f"{key}={value}")]
            for python in pythons:
                (build / "CMakeCache.txt").unlink(missing_ok=True)
                _run("uv", "build", "--quiet", "--wheel", "--python", python, *words,
                     "--out-dir", str(raw), str(source), environment=environment)  # fmt: skip
        for wheel in sorted(raw.glob("*.whl")):
            _run("auditwheel", "repair", "--plat", PLATFORM, "--wheel-dir", str(out), str(wheel),
                 environment=environment)  # fmt: skip
    for wheel in sorted(out.glob("*.whl")):
        check_wheel(wheel)
        built.append(wheel)
    return built


def build_source(source: Path, out: Path) -> None:
    """Build the sdist of `source` into `out`."""
    _run("uv", "build", "--quiet", "--sdist", "--out-dir", str(out), str(source))


def check_wheel(wheel: Path) -> None:
    """Raise UnfitError unless it loads on GLIBC and brings its own C++ library."""
    told = _run("auditwheel", "show", str(wheel))
    tag = re.search(r'following platform tag:\s*"manylinux_(\d+)_(\d+)_x86_64"', told)
    if tag is None or (int(tag[1]), int(tag[2])) > GLIBC:
        raise UnfitError(f"{wheel.name} is not for {PLATFORM}: {told}")
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        compiled = [path for path in Path(folder).rglob("*") if path.is_file() and is_elf(path)]
        for file in compiled:
            check_compiled(file)


def check_compiled(file: Path) -> None:
    """Raise UnfitError unless a library asks for nothing but GLIBC."""
    if glibc_needed(file) > GLIBC:
        raise UnfitError(f"{file.name} asks for glibc {glibc_needed(file)}, later than {GLIBC}")
    others = [name for name in needed_libraries(file) if "stdc++" in name or "gcc_s" in name]
    if others:
        raise UnfitError(f"{file.name} asks for the system's {', '.join(others)}")


def _run(program: str, *words: str, environment: dict[str, str] | None = None) -> str:
    """Run one of this environment's programs and return what it says."""
    command = [str(Path(sys.executable).parent / program), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise UnfitError(f"{program} failed: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout + done.stderr
