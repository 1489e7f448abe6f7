# SPDX-License-Identifier: Apache-2.0
"""What the blotch network learns from: damaged clips as the detector aligns them, and the truth.

Clips are also taken with frames left out, which makes their motion faster, and photographs are
panned over; both because fast motion is what detection lacks. Some frames flicker too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from ..frames import Array, ArrayFrame
from ..ops.blotch import network
from ..ops.blotch.find import Wanted, find
from ..ops.blotch.look import Look, look_at
from ..ops.encoding import Encoding
from . import damage
from .material import clip_names, load_clip, sprite_mattes
from .panning import panned, photographs

SIZE = (640, 360)
#: Sources (the first part of a clip's name) that tell when to stop; and the photographs that do.
HELD_SOURCES, HELD_PHOTOGRAPHS = ("exo", "mdn", "udacity"), 0.15
#: Frames of one draw, and how many frames on the next one taken is.
LENGTH, STRIDES = 9, (1, 1, 2, 3)
#: Clips drawn from photographs for each clip of the data.
PANNED_SHARE = 2
#: How often a draw is left without blotches, and how often it flickers.
CLEAN, FLICKERS = 0.2, 0.4


@dataclass(frozen=True, slots=True)
class Examples:
    """Frames as the network sees them."""

    pictures: Array  # (n, network.CHANNELS, h, w) float16
    truth: Array  # (n, h, w) float16, share of each cell that is blotched
    held: Array  # (n,) bool, of sources kept back

    def store(self, path: Path) -> None:
        """Write them, under a temporary name first."""
        temporary = path.with_name(path.name + ".new.npz")
        np.savez(temporary, pictures=self.pictures, truth=self.truth, held=self.held)
        temporary.replace(path)

    @staticmethod
    def load(path: Path) -> Examples:
        """Read what `store` wrote."""
        with np.load(path) as stored:
            return Examples(stored["pictures"], stored["truth"], stored["held"])


def collect(data: Path, draws: int, seed: int, progress: Progress) -> Examples:
    """`draws` draws of every clip, and of as many clips again from photographs."""
    mattes = sprite_mattes(data)
    names, paths = clip_names(data), photographs(data)
    kept = int(len(paths) * HELD_PHOTOGRAPHS)
    found: list[tuple[Array, Array, bool]] = []
    for number, name in enumerate(progress.track(names, description="clips")):
        rng = np.random.default_rng([seed, number])
        held = name.split("_")[0] in HELD_SOURCES
        clip = load_clip(data, name, LENGTH * max(STRIDES), SIZE)
        for draw in range(draws):
            stride = STRIDES[draw % len(STRIDES)]
            shot = clip[int(rng.integers(max(1, len(clip) - LENGTH * stride + 1))) :: stride]
            found += [(*one, held) for one in _of(shot[:LENGTH], rng, mattes)]
            if draw % PANNED_SHARE == 0:
                shot = panned(paths[:kept] if held else paths[kept:], rng, LENGTH, SIZE)
                found += [(*one, held) for one in _of(shot, rng, mattes)]
    seen, truth, held_back = zip(*found, strict=True)
    return Examples(np.stack(seen), np.stack(truth), np.array(held_back))


def _of(
    clip: Array, rng: np.random.Generator, mattes: list[Array]
) -> Iterator[tuple[Array, Array]]:
    damaged, masks = clip, np.zeros(clip.shape[:3], bool)
    if rng.random() >= CLEAN:
        if mattes and rng.random() < 0.5:
            damaged, masks = damage.sprites(clip, rng, mattes)
        else:
            damaged, masks = damage.blotches(clip, rng)
    if rng.random() < FLICKERS:
        amount = rng.uniform(0.02, 0.25)
        damaged = damage.local_flicker(damaged, rng, amount=amount)
    shown = damage.as_bytes(damage.grain(damaged, rng, deviation=rng.uniform(0, 4) / 255))
    looked = [look_at(ArrayFrame(frame), Encoding.SRGB) for frame in shown]
    for t in range(1, len(shown) - 1, 2):
        example = _example(looked, t, 2 if t % 4 == 3 else 1)
        if example is not None:
            rows, columns = example.shape[1:]
            share = cv2.resize(
                masks[t].astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA
            )
            yield example.astype(np.float16), share.astype(np.float16)


def _example(looked: list[Look], t: int, looks: int) -> Array | None:
    def around(offset: int) -> Look | None:
        return looked[t + offset] if 0 <= t + offset < len(looked) else None

    found = find(around, Wanted(log_odds=-np.inf, find_cuts=False), looks)
    if found is None:
        return None
    return network.pictures(found.evidence, [one.luma for one in found.neighbours])
