# SPDX-License-Identifier: Apache-2.0
"""Scenes for each method: clean and damaged clips, and cases that must stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.bench import clips

from evenlight.demo.shots import SHOTS, take
from evenlight.evaluation import damage, split
from evenlight.frames import Array

#: Damage by the name of its table; blotches come with their mask.
DAMAGES: dict[str, Callable[[Array, np.random.Generator], tuple[Array, Array | None]]] = {
    "global": lambda clip, rng: (damage.global_flicker(clip, rng), None),
    "local": lambda clip, rng: (damage.local_flicker(clip, rng), None),
    "row": lambda clip, rng: (damage.row_flicker(clip, rng), None),
    "colour": lambda clip, rng: (damage.colour_flicker(clip, rng), None),
    "blotch": damage.blotches,
    "all": damage.everything,
}
#: How often damage is drawn for each clip: the mean gain of 64 frames is itself a matter of chance,
#: and moves PSNR by several dB.
DRAWS = {"global": 3}
#: What stands in for clips where no data are.
PHOTOGRAPHS = tuple(SHOTS)
#: The flash: one frame this much brighter, which is more than Deflicker's "keep above".
FLASH_STOPS = 1.5
#: Frames of clips in which chunks are joined, and their size.
_LONG, _SMALL = 180, (480, 270)


@dataclass(frozen=True, slots=True)
class Scenes:
    """The clips of one run, each made when it is wanted."""

    data: Path | None  # None: the demo's photographs
    names: tuple[str, ...] = split.JUDGING
    frames: int = clips.FRAMES
    seed: int = 2024

    def clean(self) -> Iterator[tuple[str, Array]]:
        """Name and frames of each clip that judges."""
        for name in self.names:
            yield name, self._load(name)

    def damaged(
        self, name: str, clean: Array, kind: str, draw: int = 0
    ) -> tuple[Array, Array | None]:
        """The clip with one kind of damage, the same in every run; with the blotches' mask."""
        seed = [self.seed, list(DAMAGES).index(kind), sum(name.encode()), draw]
        clip, mask = DAMAGES[kind](_float(clean), np.random.default_rng(seed))
        return damage.as_bytes(clip), mask

    def cut(self) -> Array:
        """Two clean shots, joined in the middle."""
        half = self.frames // 2
        return np.concatenate([self._load(name, half) for name in (self.names[0], self.names[-1])])

    def kept(self) -> Iterator[tuple[str, Array]]:
        """Clips whose light changes as it is meant to; nothing is to be done to them."""
        shot = _float(self._load(self.names[0]))
        half, quarter = len(shot) // 2, len(shot) // 4
        ramp = np.clip((np.arange(len(shot)) - quarter) / half, 0, 1)[:, None, None, None]
        yield "fade to black", damage.as_bytes(shot * (1 - ramp))
        yield "fade from black", damage.as_bytes(shot * ramp)
        flash, light = shot.copy(), shot.copy()
        flash[half] *= 2**FLASH_STOPS
        light[half:] *= 2**-0.7
        yield "flash of one frame", damage.as_bytes(flash)
        yield "light switched off", damage.as_bytes(light)
        for name in self._there(split.CHANGING):
            yield name, self._load(name)

    def long(self) -> Iterator[tuple[str, Array]]:
        """Clips that judge and go on for two chunks of a model of video, those that are there."""
        for name in self._there(self.names):
            clip = clips.load(self.data, name, frames=_LONG, size=_SMALL)  # type: ignore[arg-type]
            if len(clip) == _LONG:
                yield name, clip

    def films(self) -> Iterator[tuple[str, Array]]:
        """Real films that flicker, in their own size, as far as they are there."""
        for name in self._there(split.FILMS):
            yield name, clips.load(self.data, name, frames=self.frames, size=None)

    def _there(self, names: tuple[str, ...]) -> list[str]:
        return [n for n in names if self.data is not None and clips.is_there(self.data, n)]

    def _load(self, name: str, frames: int = 0) -> Array:
        frames = frames or self.frames
        if self.data is not None:
            return clips.load(self.data, name, frames=frames)
        rng = np.random.default_rng(self.seed)
        return damage.as_bytes(damage.grain(take(SHOTS[name], frames, clips.SIZE, rng), rng))


def _float(clip: Array) -> Array:
    return clip.astype(np.float32) / np.float32(255)
