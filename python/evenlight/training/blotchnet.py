# SPDX-License-Identifier: Apache-2.0
"""Trains the blotch network: python -m evenlight.training.blotchnet --data DIR --out FILE

Crops of damaged clips as the detector aligns them, turned and mirrored; binary cross-entropy and
Dice loss against the true masks. It may go on from weights that are there (`--start`), also of a
network that saw fewer pictures. Sources kept back tell when to stop. The examples are made once
and lie beside the checkpoint. Export with `python -m export blotchnet`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor, nn

from ..evaluation.clips import manifest
from ..frames import Array
from ..models.blotchnet import BlotchNet
from . import checkpoint, command, loop
from .blotch_pictures import Examples, collect
from .examples import kept
from .options import add_jobs, made_of, parser_of

BATCH, CROP = 16, 96
RATE, EVERY, PATIENCE = 4e-3, 200, 6
#: Crops without a blotch in their middle that are passed over, to see more of those with one.
_PASSED_OVER = 0.6


def main() -> int:
    """The command."""
    parser = parser_of("blotchnet", steps=1000, draws=5)
    add_jobs(parser)
    parser.add_argument("--start", type=Path, help="checkpoint whose weights it starts from")
    return command.run(parser, _train)


def _train(options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    material = manifest(options.data, with_photographs=True, with_mattes=True)
    examples = kept(
        Examples,
        options.out,
        made_of(options, material),
        lambda: collect(options.data, options.draws, options.seed, progress, options.jobs),
    )
    model = BlotchNet(examples.pictures.shape[1])
    if options.start is not None:
        begin(model, checkpoint.load(options.start)[0])
    plan = loop.Plan(options.steps, RATE, EVERY, PATIENCE, options.seed)
    fit(model, examples, plan, options.out, progress)
    return {"figures": figures(model, examples), "data": material}


def begin(model: BlotchNet, weights: Mapping[str, Tensor]) -> None:
    """Start from the weights of a network that saw the first of the pictures, the rest at 0."""
    own = model.state_dict()
    stem = next(iter(own))
    started = {stem: torch.zeros_like(own[stem])}
    started[stem][:, : weights[stem].shape[1]] = weights[stem]
    model.load_state_dict({**weights, **started})


def fit(
    model: BlotchNet,
    examples: Examples,
    plan: loop.Plan,
    out: Path,
    progress: Progress,
    stop: int | None = None,
) -> float:
    """The least loss on examples that validate; `model` learns from the others."""
    learning, held = np.flatnonzero(~examples.held), np.flatnonzero(examples.held)

    model.to(memory_format=torch.channels_last)

    def step(rng: np.random.Generator) -> Tensor:
        crops = [crop(examples, rng, learning) for _ in range(BATCH)]
        pictures, truth = (torch.from_numpy(np.stack(p)) for p in zip(*crops, strict=True))
        return loss_of(model(pictures.contiguous(memory_format=torch.channels_last)), truth)

    def judge() -> float:
        return float(np.mean([_loss_on(model, examples, int(chosen)) for chosen in held]))

    return loop.train(model, step, judge, plan, out, progress, stop)


def loss_of(odds: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy and Dice loss of log odds (B, 1, h, w) against shares (B, h, w)."""
    entropy = nn.functional.binary_cross_entropy_with_logits(odds[:, 0], truth)
    likely = odds[:, 0].sigmoid()
    dice = 1 - (2 * (likely * truth).sum() + 1) / (likely.sum() + truth.sum() + 1)
    return 4 * entropy + dice


def _loss_on(model: BlotchNet, examples: Examples, chosen: int) -> float:
    pictures, truth = _whole(examples, chosen)
    return float(loss_of(model(pictures), truth))


def _whole(examples: Examples, chosen: int) -> tuple[Tensor, Tensor]:
    rows, columns = (side - side % 8 for side in examples.truth.shape[1:])
    pictures = examples.pictures[chosen, None, :, :rows, :columns].astype(np.float32)
    truth = examples.truth[chosen, None, :rows, :columns].astype(np.float32)
    return torch.from_numpy(pictures), torch.from_numpy(truth)


def figures(model: BlotchNet, examples: Examples) -> dict[str, float]:
    """Precision, recall and F1 of pixels, and the area of false alarms, on validation."""
    hit = said = true = false = total = 0
    for chosen in np.flatnonzero(examples.held):
        pictures, truth = _whole(examples, int(chosen))
        with torch.no_grad():
            found, blotched = model(pictures)[:, 0] > 0, truth > 0.5
        hit += int((found & blotched).sum())
        said, true = said + int(found.sum()), true + int(blotched.sum())
        false, total = false + int((found & (truth == 0)).sum()), total + truth.numel()
    precision, recall = hit / max(said, 1), hit / max(true, 1)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
        "false alarms, share of area": round(false / max(total, 1), 6),
    }


def crop(examples: Examples, rng: np.random.Generator, chosen: Array) -> tuple[Array, Array]:
    """Pictures (channels, CROP, CROP) and truth (CROP, CROP), turned, mirrored, time reversed."""
    while True:
        number = chosen[rng.integers(len(chosen))]
        rows, columns = examples.truth.shape[1:]
        top, left = (int(rng.integers(max(1, side - CROP + 1))) for side in (rows, columns))
        window = slice(top, top + CROP), slice(left, left + CROP)
        truth = examples.truth[number][window].astype(np.float32)
        if truth.max() > 0 or rng.random() >= _PASSED_OVER:
            break
    pictures = examples.pictures[number][:, *window].astype(np.float32)
    if rng.random() < 0.5:
        pictures = pictures[[0, 2, 1, 3, 4, 5, 7, 6]]
    if rng.random() < 0.5:  # dark is bright
        pictures = -pictures
        pictures[0] += 1
    turns, mirrored = int(rng.integers(4)), rng.random() < 0.5
    pictures, truth = np.rot90(pictures, turns, (1, 2)), np.rot90(truth, turns)
    if mirrored:
        pictures, truth = pictures[..., ::-1], truth[..., ::-1]
    return np.ascontiguousarray(pictures), np.ascontiguousarray(truth)


if __name__ == "__main__":
    sys.exit(main())
