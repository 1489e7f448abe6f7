# SPDX-License-Identifier: Apache-2.0
"""What the commands that train a network have in common."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress

from ..errors import EvenlightError
from . import checkpoint

#: Trains as the options say and tells what the model's card should say beside the plan.
Train = Callable[[argparse.Namespace, Progress], Mapping[str, Any]]


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


def run(parser: argparse.ArgumentParser, train: Train) -> int:
    """Read the options, train, and put what is told into the checkpoint; the exit status."""
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    try:
        with Progress() as progress:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            told = train(options, progress)
            checkpoint.tell(options.out, told)
            progress.console.print(f"{told['figures']}; {options.out}")
    except EvenlightError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """The option of those whose examples several processes make."""
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=cores, help="processes that make examples")
