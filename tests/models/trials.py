# SPDX-License-Identifier: Apache-2.0
"""What the tests of several networks do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from export import scales
from export.network import Network
from rich.progress import Progress

from evenlight.training import checkpoint
from evenlight.training.loop import Plan

#: Trains a fresh network by a plan into a file, up to a step.
Fit = Callable[[Plan, Path, Progress, int], object]


def same_when_taken_up_again(fit: Fit, folder: Path) -> bool:
    """Whether a run that was broken off ends with the weights of one that was not."""

    def run(out: Path, stops: tuple[int, ...]) -> dict[str, torch.Tensor]:
        for stop in stops:
            torch.manual_seed(0)
            with Progress(disable=True) as progress:
                plan = Plan(steps=4, rate=1e-3, every=2, patience=9, seed=3)
                fit(plan, out, progress, stop)
        return checkpoint.load(out)[0]

    whole = run(folder / "whole.safetensors", (4,))
    halves = run(folder / "halves.safetensors", (2, 4))
    return all(torch.equal(whole[name], halves[name]) for name in whole)


def store_calibrated(network: Network, path: Path) -> None:
    """Put scales beside a checkpoint, measured on the network's trials."""
    model = network.load(path)
    trials = [tuple(one.values()) for one in network.trials]
    scales.write(scales.measure(model, trials, 9, "trials"), path)
