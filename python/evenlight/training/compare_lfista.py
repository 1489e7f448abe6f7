# SPDX-License-Identifier: Apache-2.0
"""Exact solver against network: python -m evenlight.training.compare_lfista --data DIR

On clips that nothing was trained or tuned on, with local and row flicker, and blotches over 0, 1, 3
and 10 % of each frame: error of the fields, PSNR, outside of blotches, of the frame brought to the
mean light of its window of five, and time for each pair.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..evaluation.clips import load_clip
from ..evaluation.metrics import psnr_frames
from ..evaluation.split import JUDGING_CLIPS
from ..flicker import lfista
from ..frames import Array
from ..inference.networks import Networks
from ..inference.sessions import Sessions
from ..motion import fields
from ..motion.fields import Bands, Basis, Fitted
from .options import status_of
from .pairs import SHAPE, SIZE, Shot, synthetic

AREAS = (0.0, 0.01, 0.03, 0.1)
FRAMES = 16
BASIS = Basis(6, Bands.ROWS)


def solvers() -> dict[str, Callable[..., Fitted]]:
    """The exact solver and the unrolled one, each by its name in the table."""
    unrolled = partial(lfista.fit_unrolled, Networks(Sessions()))
    return {"exact": fields.fit_fields, "network": unrolled}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m evenlight.training.compare_lfista")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    parser.add_argument(
        "--clips", nargs="+", default=JUDGING_CLIPS, help="others than those that judge"
    )
    parser.add_argument("--seed", type=int, default=2024)
    options = parser.parse_args()
    table = Table("blotched", "solver", "field error, %", "median, %", "PSNR, dB", "ms a pair")
    fits = solvers()

    def work() -> None:
        for area in track(AREAS, description="areas"):
            rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in fits}
            for number, name in enumerate(options.clips):
                clip = load_clip(options.data, name, FRAMES, SIZE)
                rng = np.random.default_rng([options.seed, number])
                shot, pictures, blotched = synthetic(clip, rng, area)
                for solver, own in rows.items():
                    own += _judged(shot, clip, pictures, ~blotched, fits[solver])
            for solver, own in rows.items():
                errors, psnr, seconds = np.array(own).T
                table.add_row(
                    f"{area:.0%}",
                    solver,
                    f"{100 * np.sqrt(np.mean(errors**2)):.2f}",
                    f"{100 * np.median(errors):.2f}",
                    f"{psnr.mean():.2f}",
                    f"{1000 * np.mean(seconds):.2f}",
                )
        Console().print(table)

    return status_of(work)


def _judged(
    shot: Shot, clip: Array, pictures: Array, sound: Array, solve: Callable[..., Fitted]
) -> Iterator[tuple[float, float, float]]:
    """Of each frame: error of the fields, root mean square; PSNR in dB; seconds for each pair."""
    assert shot.fields is not None
    for t, centre in enumerate(shot.previews):
        found, true, seconds = [np.zeros(SHAPE)], [np.zeros(SHAPE)], 0.0
        for sign in (-1, 1):
            steps = shot.steps(t, sign)
            if not steps:
                continue
            start = time.perf_counter()
            fitted = solve(centre, steps, [None] * len(steps), BASIS)
            seconds += time.perf_counter() - start
            found += [BASIS.picture(own, SHAPE) for own in fitted.coefficients]
            true += list(shot.truth(t, sign, steps))
        if len(found) < 2:
            continue
        error = float(np.sqrt(np.mean((np.stack(found) - np.stack(true))[1:] ** 2)))
        wanted = clip[t] * _large(shot.fields[t] + np.mean(true, axis=0))
        evened = pictures[t] * _large(np.mean(found, axis=0))
        psnr = psnr_frames(_bytes(evened)[None], _bytes(255 * wanted)[None], sound[t : t + 1])[0]
        yield error, float(psnr), seconds / (len(found) - 1)


def _large(field: Array) -> Array:
    return np.exp(cv2.resize(field.astype(np.float32), SIZE, interpolation=cv2.INTER_CUBIC))[
        ..., None
    ]


def _bytes(picture: Array) -> Array:
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
