# SPDX-License-Identifier: Apache-2.0
"""Training of the stages that estimate relative deficits, GFRM and TCM, by `losses`.

Examples are made by as many processes as there are cores. A GPU is used where there is one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor

from ..errors import MediaError
from ..evaluation.clips import manifest
from ..flicker.lfista import cosines
from ..flicker.network_field import ridge
from ..frames import Array
from ..models.gfrm import FAST, PAPER, Gfrm, GfrmConfig, read_answer
from ..motion.fields import Bands, Basis
from . import checkpoint, command, loop
from .examples import kept
from .light_examples import Examples
from .losses import ALONE, Losses, Weights, error
from .machine import CPU, TrainingDevice, best_device
from .options import add_jobs, made_of, parser_of

CONFIGS: dict[str, GfrmConfig] = {"fast": FAST, "paper": PAPER}
BATCH, EVERY, PATIENCE = 12, 250, 12
#: Orders of the fields, the product's own most often.
_ORDERS = (6, 6, 6, 8, 4)
#: Parts of an example that are put to a network and its losses.
_PARTS = ("said", "sure", "context", "evened", "clean", "around", "clean_around")


@dataclass(frozen=True, slots=True)
class TrainingStage:
    """One stage: its examples, steps, rate and losses."""

    name: str
    #: Makes the examples: folder of the data, draws for each clip, seed, progress, processes.
    collect: Callable[[Path, int, int, Progress, int], Examples]
    steps: int
    rate: float
    draws: int
    starts_from: str = ""  # the stage whose weights are gone on from
    weights: Weights = ALONE


def run(stage: TrainingStage) -> int:
    """The command of a stage."""
    parser = parser_of(stage.name, steps=stage.steps, draws=stage.draws)
    parser.add_argument("--config", choices=CONFIGS, default="fast")
    add_jobs(parser)
    parser.set_defaults(**asdict(stage.weights))
    if stage.weights.warping:
        parser.add_argument("--perceptual", type=float, help="weight of this loss")
        parser.add_argument("--adversarial", type=float, help="weight of this loss")
    return command.run(parser, partial(_train, stage))


def _train(stage: TrainingStage, options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    material = manifest(options.data, with_photographs=True)
    model = Gfrm(CONFIGS[options.config])
    if stage.starts_from:
        before = options.out.with_name(f"{stage.starts_from}.safetensors")
        model.load_state_dict(trained(before, options.config))
    examples = kept(
        Examples,
        options.out,
        made_of(options, material),
        lambda: stage.collect(options.data, options.draws, options.seed, progress, options.jobs),
    )
    weights = Weights(options.warping, options.perceptual, options.adversarial)
    plan = loop.Plan(options.steps, stage.rate, EVERY, PATIENCE, options.seed, str(weights))
    fit(model, examples, plan, options.out, progress, weights, best_device())
    told = figures(model, examples, has_mean=weights.warping > 0)
    return {"figures": told, "data": material, "config": options.config}


def trained(path: Path, config: str) -> dict[str, Tensor]:
    """The weights of a stage that was trained to its end; raises MediaError."""
    weights, told = checkpoint.load(path)
    if "config" not in told:
        raise MediaError(f"{path} was not trained to its end; train it first")
    if told["config"] != config:
        raise MediaError(
            f"{path} has the widths of --config {told['config']}, not {config}; "
            "train both stages with the same"
        )
    return weights


def fit(
    model: Gfrm,
    examples: Examples,
    plan: loop.Plan,
    out: Path,
    progress: Progress,
    weights: Weights = ALONE,
    machine: TrainingDevice = CPU,
    stop: int | None = None,
) -> float:
    """The least loss on examples that validate; `model` learns from the others."""
    learning, held = np.flatnonzero(~examples.held), np.flatnonzero(examples.held)
    model.to(machine.device)
    losses = Losses(weights, machine.device)

    def step(rng: np.random.Generator) -> Tensor:
        chosen = learning[rng.integers(len(learning), size=BATCH)]
        flips = tuple(axis for axis in (2, 3) if rng.random() < 0.5)
        order = _ORDERS[rng.integers(len(_ORDERS))]
        parts = batch(examples, chosen, flips, machine)
        with machine.autocast():
            field = field_of(model, parts, order, has_mean=losses.has_mean)
            return losses.learned(field, parts).mean()

    def judge() -> float:
        found = []
        for part in np.array_split(held, max(1, len(held) // 24)):
            parts = batch(examples, part, (), machine)
            with machine.autocast():
                field = field_of(model, parts, 6, has_mean=losses.has_mean)
            found.append(losses.judged(field, parts))
        return float(torch.cat(found).mean())

    best = loop.train(model, step, judge, plan, out, progress, stop, losses.discriminator)
    model.cpu()
    return best


def batch(
    examples: Examples, chosen: Array, flips: tuple[int, ...], machine: TrainingDevice = CPU
) -> dict[str, Tensor]:
    """Examples by number, mirrored along axes, as float32."""
    parts = {name: getattr(examples, name)[chosen] for name in _PARTS}
    return {name: machine.take(np.flip(part, flips)) for name, part in parts.items()}


def field_of(model: Gfrm, parts: dict[str, Tensor], order: int, *, has_mean: bool) -> Tensor:
    """Smooth field of log gain (B, 1, h, w) fitted to the network's answer, as in serving."""
    multiple = 2 ** len(model.down)
    said, sure, context = (_padded(parts[n], multiple) for n in ("said", "sure", "context"))
    rows, columns = parts["said"].shape[-2:]
    answer = model(said, sure, context).float()
    wanted, certainty = (
        part[..., :rows, :columns].flatten(1) for part in read_answer(answer, said, sure)
    )
    with torch.autocast(wanted.device.type, enabled=False):  # what is solved needs all its digits
        coefficients, terms = _fitted(wanted, certainty, Basis(order, Bands.ROWS), (rows, columns))
        if not has_mean:
            coefficients = torch.cat(
                [torch.zeros_like(coefficients[:, :1]), coefficients[:, 1:]], 1
            )
        return (coefficients @ terms).reshape(-1, 1, rows, columns)


def _fitted(
    wanted: Tensor, certainty: Tensor, basis: Basis, shape: tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """Coefficients (B, terms), of which the first is the mean, and the terms (terms, h w)."""
    terms = torch.from_numpy(cosines(basis, shape)).to(wanted)
    matrix = (terms * certainty[:, None]) @ terms.T
    matrix = matrix + torch.from_numpy(np.diag(ridge(basis))).to(wanted)
    right = (terms @ (certainty * wanted)[..., None])[..., 0]
    return torch.linalg.solve(matrix, right), terms


def _padded(part: Tensor, multiple: int) -> Tensor:
    rows, columns = part.shape[-2:]
    return torch.nn.functional.pad(part, (0, -columns % multiple, 0, -rows % multiple))


def figures(model: Gfrm, examples: Examples, *, has_mean: bool) -> dict[str, float]:
    """PSNR in dB on sources kept back: before, after the exact solver, after the network.

    At the preview's size, each frame at its best exposure.
    Frames for which the exact solver was asked and those for which it was not stand apart.
    """
    told: dict[str, float] = {}
    asked = examples.sure[:, -1, 0, 0] > 0
    for name, chosen in (("with solver", asked), ("alone", ~asked)):
        numbers = np.flatnonzero(examples.held & chosen)
        rows = [
            _psnr_of(model, examples, part, has_mean)
            for part in np.array_split(numbers, 16)
            if len(part)
        ]
        if rows:
            means = torch.cat(rows, dim=1).mean(dim=1)
            for stage, value in zip(("before", "solver", "network"), means, strict=True):
                told[f"{stage}, {name}, dB"] = round(float(value), 2)
    return told


def _psnr_of(model: Gfrm, examples: Examples, chosen: Array, has_mean: bool) -> Tensor:
    parts = batch(examples, chosen, ())
    exact = parts["said"][:, -1:] * parts["sure"][:, -1:]
    with torch.no_grad():
        fields = (torch.zeros_like(exact), exact, field_of(model, parts, 6, has_mean=has_mean))
    errors = [error(parts["evened"] * field.exp(), parts["clean"]) for field in fields]
    return -10 * (torch.stack(errors) + 1e-6).log10()
