# SPDX-License-Identifier: Apache-2.0
"""Options of the commands that train, and the words by which they say what was trained on."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import EvenlightError

#: Options that change where files lie or how fast it goes, and nothing that is learned.
_NO_MATTER = ("out", "jobs")


def parser_of(name: str, *, steps: int, draws: int | None = None) -> argparse.ArgumentParser:
    """The options of every network; `draws` where the examples are made by draws."""
    parser = argparse.ArgumentParser(prog=f"python -m evenlight.training.{name}")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    parser.add_argument("--out", type=Path, default=Path(f"build/training/{name}.safetensors"))
    parser.add_argument("--steps", type=int, default=steps)
    if draws is not None:
        parser.add_argument("--draws", type=int, default=draws, help="of damage for each clip")
    parser.add_argument("--seed", type=int, default=7)
    return parser


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """The option of those whose examples several processes make."""
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=cores, help="processes that make examples")


def command_line(parser: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    """The command that trains the same again: all options that differ from their defaults.

    Folders stand by their name alone, for where they lie says nothing elsewhere.
    """
    words = [parser.prog]
    for name, value in vars(options).items():
        if name not in _NO_MATTER and value != parser.get_default(name):
            shown = value.resolve().name if isinstance(value, Path) else value
            words.append(f"--{name}" if value is True else f"--{name} {shown}")
    return " ".join(words)


def made_of(options: argparse.Namespace, data: Sequence[str]) -> str:
    """All that examples depend on but the code: draws, seed and the material, as a digest."""
    digest = hashlib.sha256("\n".join(data).encode()).hexdigest()[:8]
    return f"{options.draws} draws, seed {options.seed}, material {digest}"


def status_of(work: Callable[[], None]) -> int:
    """The exit status of a command's work, whose error is told in its sentence."""
    try:
        work()
    except EvenlightError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0
