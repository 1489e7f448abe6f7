# SPDX-License-Identifier: Apache-2.0
"""Trains LFRM: python -m evenlight.training.lfrm --data DIR --out FILE

The loss is L1 to what was there, in the values that exposure took, weighted by how wrong the frame
is: the artefact-weighted L1 of a re-implementation, for the paper names none of LFRM alone. Sources
kept back tell when to stop. The examples are made once and lie beside the checkpoint. Export with
`python -m export lfrm`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor

from ..evaluation.clips import manifest
from ..frames import Array
from ..models.lfrm import FAST, PAPER, Lfrm, LfrmConfig
from . import command, loop
from .examples import kept
from .lfrm_examples import Examples, collect
from .machine import CPU, TrainingDevice, best_device
from .options import add_jobs, made_of, parser_of

CONFIGS: dict[str, LfrmConfig] = {"fast": FAST, "paper": PAPER}
STEPS, RATE, DRAWS, BATCH, EVERY, PATIENCE = 4000, 2e-3, 6, 16, 250, 8
#: What every lost value counts in the loss, however right it is.
_EVERYWHERE = 0.15
_INPUTS = ("own", "before", "after", "lost", "sure")


def main() -> int:
    """The command."""
    parser = parser_of("lfrm", steps=STEPS, draws=DRAWS)
    parser.add_argument("--config", choices=CONFIGS, default="fast")
    add_jobs(parser)
    return command.run(parser, _train)


def _train(options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    material = manifest(options.data, with_photographs=True)
    examples = kept(
        Examples,
        options.out,
        made_of(options, material),
        lambda: collect(options.data, options.draws, options.seed, progress, options.jobs),
    )
    model = Lfrm(CONFIGS[options.config])
    plan = loop.Plan(options.steps, RATE, EVERY, PATIENCE, options.seed)
    fit(model, examples, plan, options.out, progress, machine=best_device())
    told = figures(model, examples)
    return {"figures": told, "data": material, "config": options.config}


def fit(
    model: Lfrm,
    examples: Examples,
    plan: loop.Plan,
    out: Path,
    progress: Progress,
    stop: int | None = None,
    machine: TrainingDevice = CPU,
) -> float:
    """The least loss on examples that validate; `model` learns from the others."""
    learning, held = np.flatnonzero(~examples.held), np.flatnonzero(examples.held)
    model.to(machine.device)

    def step(rng: np.random.Generator) -> Tensor:
        chosen = learning[rng.integers(len(learning), size=BATCH)]
        parts = turned(batch(examples, chosen, machine), rng)
        with machine.autocast():
            return loss_of(model, parts)

    def judge() -> float:
        parts = np.array_split(held, max(1, len(held) // 32))
        return float(np.mean([float(loss_of(model, batch(examples, p, machine))) for p in parts]))

    best = loop.train(model, step, judge, plan, out, progress, stop)
    model.cpu()
    return best


def batch(examples: Examples, chosen: Array, machine: TrainingDevice = CPU) -> dict[str, Tensor]:
    """Examples by number, as float32."""
    parts = {name: getattr(examples, name)[chosen] for name in (*_INPUTS, "clean")}
    return {name: machine.take(part) for name, part in parts.items()}


def turned(parts: dict[str, Tensor], rng: np.random.Generator) -> dict[str, Tensor]:
    """A batch mirrored along axes, backwards in time, or with channels in another order."""
    axes = tuple(axis for axis in (2, 3) if rng.random() < 0.5)
    channels = torch.from_numpy(rng.permutation(3))
    made = {name: part.flip(axes) for name, part in parts.items()}
    for name in ("own", "before", "after", "lost", "clean"):
        made[name] = made[name][:, channels]
    if rng.random() < 0.5:
        made["before"], made["after"] = made["after"], made["before"]
        made["sure"] = made["sure"].flip(1)
    return made


def loss_of(model: Lfrm, parts: dict[str, Tensor]) -> Tensor:
    """Mean absolute error of lost values, weighted by how wrong the frame is there."""
    left = (filled(parts, model(*(parts[name] for name in _INPUTS))) - parts["clean"]).abs()
    wrong = (parts["own"] - parts["clean"]).abs()
    weight = parts["lost"] * (wrong + _EVERYWHERE)
    return (weight * left).sum() / weight.sum().clamp(min=1e-6)


def filled(parts: dict[str, Tensor], shares: Tensor) -> Tensor:
    """The frame (B, 3, h, w) with texture where it lost its own, by shares (B, 3, h, w)."""
    own = parts["own"]
    change = shares[:, 1:2] * (parts["before"] - own) + shares[:, 2:] * (parts["after"] - own)
    return own + parts["lost"] * change


def figures(model: Lfrm, examples: Examples) -> dict[str, float]:
    """PSNR in dB of lost values on sources kept back: the frame's own, the mean, the network's.

    The mean is that of both warps, each by how sure it is. `best` is the nearest of the three to
    the truth at every pixel, which nothing that chooses can pass.
    """
    held = np.flatnonzero(examples.held)
    errors: dict[str, float] = dict.fromkeys(("own", "mean of warps", "network", "best"), 0.0)
    total = 0.0
    for chosen in np.array_split(held, max(1, len(held) // 32)):
        parts = batch(examples, chosen)
        with torch.no_grad():
            shares = model(*(parts[name] for name in _INPUTS))
        sure = parts["sure"]
        mean = sure / sure.sum(dim=1, keepdim=True).clamp(min=1.0)
        rest = 1 - mean.sum(dim=1, keepdim=True)
        made = {
            "own": parts["own"],
            "mean of warps": filled(parts, torch.cat([rest, mean], dim=1)),
            "network": filled(parts, shares),
        }
        left = [((parts[name] - parts["clean"]) ** 2).mean(dim=1) for name in _INPUTS[:3]]
        square = {name: (one - parts["clean"]) ** 2 for name, one in made.items()}
        square["best"] = torch.stack(left).amin(dim=0)[:, None]
        for name, one in square.items():
            errors[name] += float((parts["lost"] * one).sum())
        total += float(parts["lost"].sum())
    return {
        f"{name}, inside, dB": round(float(-10 * np.log10(error / max(total, 1e-6) + 1e-6)), 2)
        for name, error in errors.items()
    }


if __name__ == "__main__":
    sys.exit(main())
