# SPDX-License-Identifier: Apache-2.0
"""Labelled damage for Auto: scenes that it was written on, and those that judge it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evenlight.demo.shots import View, filmed
from evenlight.evaluation import damage
from evenlight.evaluation.clips import load_clip, photographs, sprite_mattes, still
from evenlight.evaluation.split import JUDGING_CLIPS, TUNING
from evenlight.frames import Array

FRAMES, SIZE = 49, (384, 216)
#: Clips that no limit of Auto was chosen by: the judging ones, others of all sources, and so many
#: photographs that are panned over, counted from the end.
BLIND_CLIPS = (
    *JUDGING_CLIPS, "boof_ditch", "boof_treesnow", "mdn_crystal", "pexels_pomeranian", "tos_2",
    "tos_3",
)  # fmt: skip
PHOTOGRAPHS = 3
_SEEDS = {True: 1613, False: 1605}  # of the judging ones, and of those that it was written on

Make = Callable[[Array, np.random.Generator, list[Array]], Array]


def _bands(clip: Array, rng: np.random.Generator) -> Array:
    drift = None if rng.random() < 0.5 else rng.uniform(0.1, 0.4)
    amount, periods = rng.uniform(0.08, 0.2), rng.uniform(1.5, 4)
    return damage.row_flicker(clip, rng, amount=amount, periods=periods, drift=drift)


def _dirty(clip: Array, rng: np.random.Generator, mattes: list[Array]) -> Array:
    dirty, _ = damage.sprites(clip, rng, mattes, area=(0.002, 0.01))
    return damage.specks(dirty, rng)[0]


#: Damage by the name that Auto should give it.
KINDS: Mapping[str, Make] = {
    "flicker": lambda clip, rng, _: damage.global_flicker(clip, rng),
    "colour flicker": lambda clip, rng, _: damage.colour_flicker(
        clip, rng, amount=rng.uniform(0.08, 0.2)
    ),
    "local flicker": lambda clip, rng, _: damage.local_flicker(
        clip, rng, amount=rng.uniform(0.12, 0.25)
    ),
    "bands": lambda clip, rng, _: _bands(clip, rng),
    "wander": lambda clip, rng, _: damage.coloured_flicker(
        clip, rng, periods=(6, 12), swings=bool(rng.random() < 0.5)
    ),
    "joins": lambda clip, rng, _: damage.joins(clip, rng, every=33),
    "dirt": _dirty,
    "flicker and dirt": lambda clip, rng, mattes: damage.global_flicker(
        _dirty(clip, rng, mattes), rng, gain=(0.85, 1.15), gamma=(0.9, 1.1)
    ),
}


@dataclass(frozen=True, slots=True)
class Cases:
    """Clean scenes, and damage drawn on them."""

    data: Path
    scenes: tuple[str, ...]  # clips by name, photographs as "photograph N"
    seed: int
    mattes: list[Array]

    @classmethod
    def of(cls, data: Path, *, blind: bool = True) -> Cases:
        """The judging ones, or those that Auto was written on."""
        clips = BLIND_CLIPS if blind else TUNING
        numbers = range(PHOTOGRAPHS) if blind else range(PHOTOGRAPHS, 2 * PHOTOGRAPHS)
        scenes = (*clips, *(f"photograph {number}" for number in numbers))
        return cls(data, scenes, _SEEDS[blind], sprite_mattes(data))

    def clean(self, scene: str) -> Array:
        """The scene (T, H, W, 3) float32, undamaged."""
        if not scene.startswith("photograph "):
            return load_clip(self.data, scene, FRAMES, SIZE)
        rng = np.random.default_rng([self.seed, sum(scene.encode())])
        picture = still(photographs(self.data)[-1 - int(scene.split()[1])]) / np.float32(255)
        start, end = (
            View(rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.7))
            for _ in range(2)
        )
        return damage.grain(filmed(picture, start, end, FRAMES, SIZE, rng), rng)

    def damaged(self, scene: str, clean: Array, kind: str) -> Array:
        """The clip (T, H, W, 3) uint8 with damage of a kind, the same in every run."""
        seed = [self.seed, list(KINDS).index(kind), sum(scene.encode())]
        return damage.as_bytes(KINDS[kind](clean, np.random.default_rng(seed), self.mattes))

    def labelled(self) -> Iterator[tuple[str, str, Array, Array]]:
        """Scene, kind ("clean" is one too), clip and clean clip (T, H, W, 3) uint8 of each case."""
        for scene in self.scenes:
            clean = self.clean(scene)
            yield scene, "clean", damage.as_bytes(clean), damage.as_bytes(clean)
            for kind in KINDS:
                yield scene, kind, self.damaged(scene, clean, kind), damage.as_bytes(clean)
