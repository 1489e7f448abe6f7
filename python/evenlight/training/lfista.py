# SPDX-License-Identifier: Apache-2.0
"""Trains the unrolled network: python -m evenlight.training.lfista --data DIR --out FILE

Unsupervised: the loss is the objective that the exact solver minimises, Huber's and Tukey's
residual of each pair of a window of five frames, at the last layers; neither clean frames nor
fields are looked at. Pairs are of damaged clips; with --film also of two real films, which is an
experiment: weights that are published are trained without. Sources kept back tell when to stop.
Export with `python -m export lfista`.
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

from ..evaluation.clips import manifest, training_names
from ..evaluation.split import EXPERIMENT_FILMS, validates
from ..flicker.lfista import LEAST_PER_TERM, cosines
from ..frames import Array
from ..models.lfista import Lfista
from ..motion.fields import Bands, Basis
from . import command, loop
from .options import parser_of
from .pairs import SHAPE, clip_pairs, film, shot_pairs

BATCH, RATE, EVERY, PATIENCE = 16, 0.02, 50, 12
#: Frames of one draw of damage, and draws for each clip.
FRAMES, DRAWS = 10, 8
#: Deviations from which Huber's and Tukey's estimators differ from least squares.
HUBER, TUKEY = 1.345, 4.685
#: Share of Huber's convex loss, which alone has a slope far from the solution; and how much less
#: each earlier layer counts.
_CONVEX, _EARLIER = 0.2, 0.7
_ORDERS = (4, 6, 6, 8)


def main() -> int:
    """The command."""
    parser = parser_of("lfista", steps=1500)
    parser.add_argument("--film", action="store_true", help="learn from real film too")
    return command.run(parser, _train)


def _train(options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    pairs, held = collect(options.data, options.seed, options.film, progress)
    plan = loop.Plan(options.steps, RATE, EVERY, PATIENCE, options.seed)
    best = fit(Lfista(), pairs, held, plan, options.out, progress)
    sources = [*manifest(options.data), *(EXPERIMENT_FILMS if options.film else ())]
    return {"figures": {"objective on sources kept back": round(best, 5)}, "data": sources}


def collect(data: Path, seed: int, with_film: bool, progress: Progress) -> tuple[Array, Array]:
    """Pairs (n, 2, h, w), relation and weights, to learn from and for validation."""
    learning: list[tuple[Array, Array]] = []
    held: list[tuple[Array, Array]] = []
    names = training_names(data)
    for number, name in enumerate(progress.track(names, description="pairs")):
        rng = np.random.default_rng([seed, number])
        into = held if validates(name) else learning
        into += clip_pairs(data, name, DRAWS, FRAMES, rng)
    if with_film:
        for name in EXPERIMENT_FILMS:
            learning += list(shot_pairs(film(data, name, 60))) * 4
    return _usable(learning), _usable(held)


def _usable(pairs: list[tuple[Array, Array]]) -> Array:
    """Pairs (n, 2, h, w) with enough cells that have weight; weights of mean 1."""
    least = LEAST_PER_TERM * len(Basis(max(_ORDERS), Bands.ROWS).frequencies)
    kept = [(r, w / w.mean()) for r, w in pairs if (w > 0).sum() >= least]
    return np.stack([np.stack(pair) for pair in kept]).astype(np.float32)


def fit(
    model: Lfista, pairs: Array, held: Array, plan: loop.Plan, out: Path, progress: Progress
) -> float:
    """Train on `pairs`; the least loss on `held`."""
    terms = {order: torch.from_numpy(cosines(Basis(order, Bands.ROWS), SHAPE)) for order in _ORDERS}

    def step(rng: np.random.Generator) -> Tensor:
        chosen = _mirrored(pairs[rng.integers(len(pairs), size=BATCH)], rng)
        return loss_of(model, torch.from_numpy(chosen), terms[_ORDERS[rng.integers(len(_ORDERS))]])

    def judge() -> float:
        parts = np.array_split(held[:: max(1, len(held) // 256)], 8)
        return float(
            np.mean([float(_last_loss(model, torch.from_numpy(p), terms[6])) for p in parts])
        )

    return loop.train(model, step, judge, plan, out, progress)


def _mirrored(pairs: Array, rng: np.random.Generator) -> Array:
    flips = tuple(axis for axis in (2, 3) if rng.random() < 0.5)
    return np.ascontiguousarray(np.flip(pairs, flips)) if flips else pairs


def loss_of(model: Lfista, pairs: Tensor, terms: Tensor) -> Tensor:
    """The objective after each layer, earlier ones counting less."""
    results = model.unrolled(pairs[:, :1], pairs[:, 1:], terms)
    scale = _deviations(pairs, results[-1][0].detach(), terms)
    total = pairs.new_zeros(())
    for weight, (coefficients, _) in zip(_falling(len(results)), results, strict=True):
        total = total + weight * objective(pairs, coefficients, terms, scale)
    return total


def _falling(count: int) -> list[float]:
    weights = [_EARLIER ** (count - 1 - n) for n in range(count)]
    return [weight / sum(weights) for weight in weights]


def _last_loss(model: Lfista, pairs: Tensor, terms: Tensor) -> Tensor:
    """The robust residual itself, on the scale of the data: comparable between models."""
    coefficients, _ = model(pairs[:, :1], pairs[:, 1:], terms)
    return objective(pairs, coefficients, terms, torch.full((len(pairs), 1), 0.05))


def objective(pairs: Tensor, coefficients: Tensor, terms: Tensor, scale: Tensor) -> Tensor:
    """Mean of Tukey's and a share of Huber's function of the fields' residuals over `scale`."""
    size = _left(pairs, coefficients, terms) / scale
    within = (1 - (size / TUKEY) ** 2).clamp(min=0.0)
    tukey = TUKEY**2 / 6 * (1 - within**3)
    huber = torch.where(size <= HUBER, 0.5 * size**2, HUBER * (size - 0.5 * HUBER))
    return (tukey + _CONVEX * huber).mean()


def _left(pairs: Tensor, coefficients: Tensor, terms: Tensor) -> Tensor:
    relation, weights = pairs.flatten(2).unbind(1)
    return weights.sqrt() * (relation - coefficients @ terms).abs()


def _deviations(pairs: Tensor, coefficients: Tensor, terms: Tensor) -> Tensor:
    """Robust deviation (B, 1) of the fields' residuals where cells have weight."""
    left = _left(pairs, coefficients, terms)
    silent = torch.full_like(left, torch.nan)
    spoken = torch.where(pairs[:, 1].flatten(1) > 0, left, silent)
    return 1.4826 * spoken.nanmedian(dim=1, keepdim=True).values.clamp(min=5e-3)


if __name__ == "__main__":
    sys.exit(main())
