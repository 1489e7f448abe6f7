# SPDX-License-Identifier: Apache-2.0
"""The run of a command that trains a network: options, training, card."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

import torch
from rich.progress import Progress

from . import checkpoint
from .options import command_line, status_of

#: Trains as the options say; the answer is the model's card but for plan and command.
Train = Callable[[argparse.Namespace, Progress], Mapping[str, Any]]


def run(parser: argparse.ArgumentParser, train: Train) -> int:
    """Read the options, train, and put its card into the checkpoint; the exit status."""
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)

    def work() -> None:
        with Progress() as progress:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            card = train(options, progress)
            checkpoint.tell(options.out, {**card, "made by": command_line(parser, options)})
            progress.console.print(f"{card['figures']}; {options.out}")

    return status_of(work)
