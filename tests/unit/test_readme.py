# SPDX-License-Identifier: Apache-2.0
"""The README's lines run as they are written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evenlight.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    lines = (line for block in blocks("sh") for line in block.splitlines())
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.fixture
def place(make_video: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README names, and a home of its own."""
    make_video("film.mov", n_frames=3)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_there_are_lines_to_run() -> None:
    assert {words[0] for words in commands()} >= {"make", "evenlight"}
    assert blocks("python")


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_runs(words: list[str], place: Path) -> None:
    if words[0] == "make":  # what it does has tests of its own, which take minutes
        make = shutil.which("make") or pytest.skip("there is no make")
        plan = subprocess.run(
            [make, "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "HOME": str(place)},
        )  # fmt: skip
        assert plan.returncode == 0, plan.stderr
    elif words[0] == "evenlight":
        assert run(words[1:]) == 0
    else:
        assert words[:2] == ["pip", "install"], f"nothing is known of {words[0]}"


@pytest.mark.parametrize("example", blocks("python"))
@pytest.mark.usefixtures("place")
def test_an_example_runs(example: str) -> None:
    exec(compile(example, "README.md", "exec"), {"__name__": "example"})
