# SPDX-License-Identifier: Apache-2.0
"""Trains the score of candidate blotches: python -m evenlight.training.blotch_score --data DIR

Clean clips, some made faster, and photographs that are panned over are damaged with drawn blotches,
with real ones, made film, dirty and clean, and left clean; every candidate that the
detector finds is labelled by the true mask. The score is a network of one hidden layer, fitted by
Adam to the weighted log loss; candidates weigh by how well a mistake about them would be seen (the
root of side times contrast). Every fourth recording is kept back and tells when to stop. The first
pass of the detector needs a score itself: what the blotch network says of a candidate stands in.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from ..blotch import score
from ..blotch.detect import Detector
from ..blotch.features import NAMES
from ..blotch.preview import BlotchPreview, measure
from ..blotch.settings import Wanted
from ..colour.encoding import Encoding
from ..evaluation import damage
from ..evaluation.clips import load_clip, manifest, photographs, small_mattes, training_names
from ..evaluation.film import filmed, grey
from ..evaluation.panning import panned
from ..evaluation.split import photographs_for, validates_score
from ..frames import Array, ArrayFrame
from ..inference.networks import Networks
from ..inference.sessions import Sessions
from ..memo import Memo
from .options import command_line, status_of

SIZE = (640, 360)
KINDS = ("blotches", "sprites", "film", "film", "clean film")
KINDS_PANNED = ("film", "clean film")
#: How many frames on the next one taken is, of clip after clip.
STRIDES = (1, 2, 1, 3)
#: Candidates of which a share between these is blotched teach nothing.
_NEITHER = 0.25, 0.75
UNITS, STEPS, BATCH, RATE, DECAY = 32, 2500, 4096, 0.01, 2e-4


@dataclass(frozen=True, slots=True)
class Samples:
    """Candidates of all clips, with their labels."""

    features: Array  # (n, len(NAMES))
    true: Array  # (n,) bool
    weights: Array  # (n,)
    clips: Array  # (n,) number of the clip

    def of(self, chosen: Array) -> Samples:
        """The chosen samples, by number or mask (n,)."""
        return Samples(
            self.features[chosen], self.true[chosen], self.weights[chosen], self.clips[chosen]
        )


def collect(
    data: Path, frames: int, seed: int, progress: Progress, jobs: int | None = None
) -> Samples:
    """Candidates of `frames` frames of every clip and kind of damage, by `jobs` processes."""
    names, of_clip = training_names(data), partial(_of_clip, small_mattes(data))
    tasks = [_Task(data, name, i, frames, seed) for i, name in enumerate(names)]
    rows: list[tuple[Array, bool, float, int]] = []
    with ProcessPoolExecutor(jobs, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        done = pool.map(of_clip, tasks)
        for found in progress.track(done, total=len(tasks), description="candidates"):
            rows += found
    features, true, weights, clips = zip(*rows, strict=True)
    return Samples(np.stack(features), np.array(true), np.array(weights), np.array(clips))


@dataclass(frozen=True, slots=True)
class _Task:
    data: Path
    name: str
    number: int
    frames: int
    seed: int


def _of_clip(mattes: list[Array], task: _Task) -> list[tuple[Array, bool, float, int]]:
    rng = np.random.default_rng([task.seed, task.number])
    paths = photographs(task.data)
    paths = photographs_for(paths, validating=validates_score(task.number))
    stride, length = STRIDES[task.number % len(STRIDES)], task.frames + 4
    clip = load_clip(task.data, task.name, length * stride, SIZE)[::stride]
    shots = [(clip, kind) for kind in KINDS]
    shots += [(panned(paths, rng, length, SIZE), kind) for kind in KINDS_PANNED]
    rows, networks = [], Networks(Sessions())
    for shot, kind in shots:
        damaged, masks = _damaged(shot, kind, rng, mattes)
        shown = damage.as_bytes(damaged)
        looked = [measure(ArrayFrame(frame), Encoding.SRGB) for frame in shown]
        memo = Memo()
        memo.get(("blotch score",), lambda: _by_network)
        detector = Detector(memo, networks)
        for t in (0, *range(2, len(shown) - 2)):  # from one side, then from both
            found = _rows(detector, looked, masks, t)
            rows += [(*row, task.number) for row in found]
    return rows


def _damaged(
    clip: Array, kind: str, rng: np.random.Generator, mattes: list[Array]
) -> tuple[Array, Array]:
    if kind.endswith("film"):
        shown, masks = filmed(grey(clip), rng, mattes, dirty=kind == "film")
        return np.repeat(shown[..., None], 3, axis=3), masks
    shown, masks = clip, np.zeros(clip.shape[:3], bool)
    if kind == "blotches":
        shown, masks = damage.blotches(clip, rng)
    elif kind == "sprites" and mattes:
        shown, masks = damage.sprites(clip, rng, mattes)
    return damage.grain(shown, rng, deviation=rng.uniform(0, 3) / 255), masks


def _by_network(features: Array) -> Array:
    """Log odds (n,) of candidates where there is no score yet."""
    return 8 * (features[:, NAMES.index("network")] - 0.5)


def _rows(
    detector: Detector, looked: list[BlotchPreview], masks: Array, t: int
) -> list[tuple[Array, bool, float]]:
    def around(offset: int) -> BlotchPreview | None:
        return looked[t + offset] if 0 <= t + offset < len(looked) else None

    found = detector.find(around, Wanted(log_odds=-np.inf), 2)
    if found is None:
        return []
    rows = []
    for one in found.blotches:  # all candidates, for none is too unlikely
        share = masks[t][one.box.part][one.mask].mean()
        if not _NEITHER[0] < share < _NEITHER[1]:
            weight = float(np.sqrt(np.sqrt(one.area) * one.contrast))
            rows.append((one.features, bool(share >= _NEITHER[1]), weight))
    return rows


def fit(samples: Samples, kept_back: Samples, seed: int) -> tuple[score.Model, float]:
    """The model of least loss on the samples kept back, and that loss."""
    rng = np.random.default_rng(seed)
    mean, deviation = samples.features.mean(axis=0), np.maximum(samples.features.std(axis=0), 0.01)
    hidden = rng.normal(0, 0.2, (len(NAMES) + 1, UNITS))
    output = rng.normal(0, 0.2, UNITS + 1)
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in (hidden, output)]
    best: tuple[score.Model, float] | None = None
    inputs = np.clip((samples.features - mean) / deviation, -4, 4)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    weights = samples.weights / samples.weights.sum()
    for step in range(1, STEPS + 1):
        chosen = rng.integers(len(inputs), size=BATCH)
        x, y, w = inputs[chosen], samples.true[chosen], weights[chosen]
        units = np.tanh(x @ hidden)
        odds = units @ output[:-1] + output[-1]
        slope = (1 / (1 + np.exp(-odds)) - y) * w / w.sum()
        d_output = np.append(units.T @ slope, slope.sum()) + DECAY * output
        d_hidden = x.T @ ((slope[:, None] * output[:-1]) * (1 - units**2)) + DECAY * hidden
        for parameter, gradient, moment in zip(
            (hidden, output), (d_hidden, d_output), moments, strict=True
        ):
            moment[0] += 0.1 * (gradient - moment[0])
            moment[1] += 0.001 * (gradient**2 - moment[1])
            size = np.sqrt(moment[1] / (1 - 0.999**step)) + 1e-9
            parameter -= RATE * (1 - step / STEPS * 0.9) * moment[0] / (1 - 0.9**step) / size
        if step % 100 == 0:
            model = score.Model(mean, deviation, hidden.copy(), output.copy())
            loss = log_loss(model, kept_back)
            if best is None or loss < best[1]:
                best = model, loss
    assert best is not None
    return best


def log_loss(model: score.Model, samples: Samples) -> float:
    """Weighted mean of the log loss."""
    odds = model(samples.features) * np.where(samples.true, 1, -1)
    return float(np.average(np.logaddexp(0, -odds), weights=samples.weights))


def figures(model: score.Model, samples: Samples) -> dict[str, float]:
    """Precision and recall by weight, and the loss, on samples."""
    said = model(samples.features) >= 0
    hit = samples.weights[said & samples.true].sum()
    return {
        "loss": round(log_loss(model, samples), 4),
        "precision": round(float(hit / max(samples.weights[said].sum(), 1e-9)), 4),
        "recall": round(float(hit / max(samples.weights[samples.true].sum(), 1e-9)), 4),
        "candidates": len(samples.true),
    }


def store(model: score.Model, path: Path, card: dict[str, object]) -> None:
    """Write the weights with their card, under a temporary name first."""
    parts = {
        name: np.round(getattr(model, name), 5).tolist()
        for name in ("mean", "deviation", "hidden", "output")
    }
    text = json.dumps({"card": card, "features": NAMES, **parts}, indent=1)
    temporary = path.with_suffix(".new")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def main() -> int:
    """Collect, fit, store."""
    parser = argparse.ArgumentParser(prog="python -m evenlight.training.blotch_score")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    parser.add_argument("--out", type=Path, default=Path(score.__file__).parent / score.FILE)
    parser.add_argument("--frames", type=int, default=3, help="of each clip and kind of damage")
    parser.add_argument("--jobs", type=int, help="processes; all cores by default")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    def work() -> None:
        with Progress() as progress:
            samples = collect(options.data, options.frames, options.seed, progress, options.jobs)
            held = np.array([validates_score(int(clip)) for clip in samples.clips])
            model, _ = fit(samples.of(~held), samples.of(held), options.seed)
            told = figures(model, samples.of(held))
            progress.console.print(f"recordings kept back: {told}")
            card: dict[str, object] = {
                "made by": command_line(parser, options),
                "data": manifest(options.data, with_photographs=True, with_mattes=True),
                "licences": "CC-BY, CC0, Apache-2.0, MIT, Pexels, Unsplash; mattes MIT",
                "seed": options.seed,
                "frames": options.frames,
                "kept back": told,
            }
            store(model, options.out, card)

    return status_of(work)


if __name__ == "__main__":
    sys.exit(main())
