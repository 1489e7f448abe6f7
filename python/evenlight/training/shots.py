# SPDX-License-Identifier: Apache-2.0
"""Shots that examples of flicker are made of: parts of clips, and photographs panned over."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from ..evaluation.clips import load_clip, photographs, training_names
from ..evaluation.panning import panned
from ..evaluation.split import photographs_for, validates
from ..frames import Array

#: Draws of a clip for one of photographs.
_PANNED_SHARE = 2
#: The examples, as tuples of arrays, of a shot (T, H, W, 3); a function that processes can be sent.
Make = Callable[[Array, np.random.Generator], Iterator[tuple[Array, ...]]]


@dataclass(frozen=True, slots=True)
class Shots:
    """Plan of the draws: material, count, seed, lengths and size."""

    data: Path
    draws: int  # of every clip; half as many again are of photographs
    seed: int
    length: int  # frames of a draw
    panned_length: int  # and of one of photographs, which leave the view
    size: tuple[int, int]  # width, height

    def examples(self, make: Make, progress: Progress, jobs: int) -> tuple[Array, ...]:
        """Examples by `make`, part by part, and as the last part whether each validates (n,) bool.

        Clips are shared out among `jobs` processes; the examples are the same however many.
        """
        names = training_names(self.data)
        of_clip = partial(_of_clip, self, photographs(self.data), make)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, context, cv2.setNumThreads, (1,)) as pool:
            clips = pool.map(of_clip, range(len(names)), names)
            found = [
                example
                for examples in progress.track(clips, len(names), description="clips")
                for example in examples
            ]
        return tuple(np.stack(part) for part in zip(*found, strict=True))


def _of_clip(
    shots: Shots, paths: list[Path], make: Make, number: int, name: str
) -> list[tuple[Array, ...]]:
    rng = np.random.default_rng([shots.seed, number])
    held = validates(name)
    clip = load_clip(shots.data, name, 3 * shots.length, shots.size)
    found: list[tuple[Array, ...]] = []
    for draw in range(shots.draws):
        stride = 1 if draw % 3 else 2
        start = int(rng.integers(max(1, len(clip) - shots.length * stride + 1)))
        drawn = [clip[start::stride][: shots.length]]
        if draw % _PANNED_SHARE == 0:
            shown = photographs_for(paths, validating=held)
            drawn.append(panned(shown, rng, shots.panned_length, shots.size))
        for shot in drawn:
            found += [(*one, np.array(held)) for one in make(shot, rng)]
    return found
