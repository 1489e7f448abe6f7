# SPDX-License-Identifier: Apache-2.0
"""What the worker needs of Windows, under Wine: a line to a child, shared memory, its end."""

from __future__ import annotations

from pathlib import Path

from .conftest import ROOT, compile_for_windows, run_by_wine

SOURCES = ROOT / "tests/cpp"
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror")


def test_a_child_is_started_spoken_to_and_stopped(windows: Path, tmp_path: Path) -> None:
    library = windows / "plugin/runtime/libevenlight_runtime.a"
    program = tmp_path / "test_platform.exe"
    flags = (*STRICT, f"-I{SOURCES}")
    tests = SOURCES / "windows/test_platform.cpp", SOURCES / "main.cpp"
    compile_for_windows(program, *flags, *tests, library)
    compile_for_windows(tmp_path / "child.exe", *flags, SOURCES / "windows/child.cpp", library)
    assert " 0 failed" in run_by_wine(program)
