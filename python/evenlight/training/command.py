# SPDX-License-Identifier: Apache-2.0
"""The run of a command that trains a network: options, training, card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

import torch
from rich.progress import Progress

from ..errors import EvenlightError
from . import checkpoint
from .options import command_line

#: Trains as the options say and tells what the model's card should say beside the plan.
Train = Callable[[argparse.Namespace, Progress], Mapping[str, Any]]


def run(parser: argparse.ArgumentParser, train: Train) -> int:
    """Read the options, train, and put what is told into the checkpoint; the exit status."""
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    try:
        with Progress() as progress:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            told = train(options, progress)
            checkpoint.tell(options.out, {**told, "made by": command_line(parser, options)})
            progress.console.print(f"{told['figures']}; {options.out}")
    except EvenlightError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0
