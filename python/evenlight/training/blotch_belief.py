# SPDX-License-Identifier: Apache-2.0
"""Fits how repairs are believed: python -m evenlight.training.blotch_belief --data DIR

The clips that constants are chosen by are left clean and made film, clean and dirty; every repair
that stands is labelled by the true mask of its blotch. A logistic regression then weighs what was
measured against the log odds that the blotch had before. It prints log odds for each measure,
fitted and as `blotch/belief.py` has them, and how much dirt each repairs with as many false
repairs as the shipped weights make.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import Progress

from ..blotch.belief import MEASURES, USUAL, WORTH, measures
from ..blotch.candidates import Candidate
from ..blotch.detect import Detector
from ..blotch.fill import Shape, mending_of
from ..blotch.passing import passing_of
from ..blotch.plausible import TWO_SIDED
from ..blotch.preview import BlotchPreview, measure
from ..blotch.settings import ASKED, Wanted
from ..colour.encoding import Encoding
from ..evaluation import damage
from ..evaluation.clips import load_clip, small_mattes
from ..evaluation.film import filmed, grey
from ..evaluation.split import TUNING
from ..frames import Array, ArrayFrame
from ..inference.networks import Networks
from ..inference.sessions import Sessions
from ..memo import Memo
from .options import status_of

SIZE = (640, 360)
KINDS = ("clean", "film", "film", "clean film")
#: Log odds of candidates that are looked at, from which repairs may be believed.
_FROM = -4.0
#: Blotches of which a share between these is dirt teach nothing.
_NEITHER = 0.25, 0.75
_ROUNDS, _RIDGE = 30, 1e-3


@dataclass(frozen=True, slots=True)
class Repairs:
    """Repairs that stand, with their labels."""

    odds: Array  # (n,) of the blotch before
    measured: Array  # (n, len(MEASURES))
    true: Array  # (n,) bool
    weights: Array  # (n,)


def collect(data: Path, frames: int, seed: int, progress: Progress, jobs: int | None) -> Repairs:
    """Repairs of `frames` frames of every clip and kind, by `jobs` processes."""
    of_clip = partial(_of_clip, data, small_mattes(data), frames, seed)
    rows: list[tuple[float, Array, bool, float]] = []
    with ProcessPoolExecutor(jobs, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for found in progress.track(pool.map(of_clip, range(len(TUNING))), total=len(TUNING)):
            rows += found
    odds, measured, true, weights = zip(*rows, strict=True)
    return Repairs(np.array(odds), np.stack(measured), np.array(true), np.array(weights))


def _of_clip(
    data: Path, mattes: list[Array], frames: int, seed: int, number: int
) -> list[tuple[float, Array, bool, float]]:
    rng, networks = np.random.default_rng([seed, number]), Networks(Sessions())
    clip = load_clip(data, TUNING[number], frames + 4, SIZE)
    rows = []
    for kind in KINDS:
        shown, masks = clip, np.zeros(clip.shape[:3], bool)
        if kind != "clean":
            film, masks = filmed(grey(clip), rng, mattes, dirty=kind == "film")
            shown = np.repeat(film[..., None], 3, axis=3)
        shot, detector = damage.as_bytes(shown), Detector(Memo(), networks)
        looked = [measure(ArrayFrame(frame), Encoding.SRGB) for frame in shot]
        for t in range(2, len(shot) - 2):
            rows += list(_of_frame(detector, shot, looked, masks, t))
    return rows


def _of_frame(
    detector: Detector, shot: Array, looked: list[BlotchPreview], masks: Array, t: int
) -> Iterator[tuple[float, Array, bool, float]]:
    def around(offset: int) -> BlotchPreview | None:
        return looked[t + offset] if 0 <= t + offset < len(looked) else None

    found = detector.find(around, Wanted(log_odds=_FROM), 2)
    if found is None or len({one.offset > 0 for one in found.neighbours[:2]}) < 2:
        return
    beside = [ArrayFrame(shot[t + one.offset]) for one in found.neighbours]
    shape = Shape(1.0, 0.0, 0.0)
    mending = mending_of(ArrayFrame(shot[t]), found, beside, Encoding.SRGB, shape)
    for blotch in passing_of(found).dirt(found.blotches):
        share = float(masks[t][blotch.box.part][blotch.mask].mean())
        if _NEITHER[0] < share < _NEITHER[1]:
            continue
        tried = [verdict for _, verdict in mending.tries(blotch) if verdict.stands(TWO_SIDED)]
        for verdict in tried:
            weight = _seen(blotch) / len(tried)
            yield blotch.odds, measures(blotch, verdict), share >= _NEITHER[1], weight


def _seen(blotch: Candidate) -> float:
    """How well a mistake about a blotch would be seen: the root of its side times its contrast."""
    return float(np.sqrt(np.sqrt(blotch.area) * blotch.contrast))


def fit(repairs: Repairs) -> tuple[Array, float]:
    """Log odds for each measure (len(MEASURES),) and the constant, by Newton's method.

    The log odds that the blotch had before count as they are.
    """
    x = np.hstack([repairs.odds[:, None], repairs.measured, np.ones((len(repairs.true), 1))])
    weights, found = repairs.weights / repairs.weights.mean(), np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        said = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        slope = x.T @ (weights * (repairs.true - said)) - _RIDGE * found
        bend = (x * (weights * said * (1 - said))[:, None]).T @ x + _RIDGE * np.eye(len(found))
        found = found + np.linalg.solve(bend, slope)
    return found[1:-1] / found[0], float(found[-1] / found[0])


def repaired(repairs: Repairs, worth: Array, false: int) -> float:
    """Share of dirt, by how well it is seen, that is repaired with so many false repairs."""
    odds, true = repairs.odds + (repairs.measured * worth).sum(axis=1), repairs.true
    limit = np.sort(odds[~true])[::-1][min(false, int((~true).sum()) - 1)]
    weights = repairs.weights[true]
    return float(weights[odds[true] > limit].sum() / weights.sum())


def main() -> int:
    """Collect, fit, print."""
    parser = argparse.ArgumentParser(prog="python -m evenlight.training.blotch_belief")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    parser.add_argument("--frames", type=int, default=4, help="of each clip and kind of film")
    parser.add_argument("--jobs", type=int, help="processes; all cores by default")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    console = Console()

    def work() -> None:
        with Progress(console=console) as progress:
            repairs = collect(options.data, options.frames, options.seed, progress, options.jobs)
        found, constant = fit(repairs)
        console.print(f"{len(repairs.true)} repairs that stand, {int(repairs.true.sum())} of dirt")
        rows = zip(MEASURES, found, WORTH.values(), strict=True)
        for name, fitted, shipped in (*rows, ("constant", constant, -USUAL)):
            console.print(f"{name:>16} {fitted:8.2f} {shipped:8.2f}")
        given = np.array(list(WORTH.values()))
        believed = repairs.odds + (repairs.measured * given).sum(axis=1) - USUAL
        false = int((believed[~repairs.true] >= ASKED).sum())
        shares = [repaired(repairs, worth, false) for worth in (found, given)]
        console.print(f"dirt with {false} false repairs: {shares[0]:.3f} {shares[1]:.3f}")

    return status_of(work)


if __name__ == "__main__":
    sys.exit(main())
