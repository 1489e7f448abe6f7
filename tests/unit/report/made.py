# SPDX-License-Identifier: Apache-2.0
"""A clip before and after, made here, and what a page tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from evenlight.frames import Array, ArrayFrame, Frame
from evenlight.report import Summary, collect

SPOT = (slice(40, 52), slice(60, 80))  # rows, columns


class Held:
    """A clip of arrays, as `collect` reads one."""

    def __init__(self, frames: Array, name: str, first: int = 1) -> None:
        self.path, self.first, self.last = Path(name), first, first + len(frames) - 1
        self.shape, self.dtype = frames.shape[1:], frames.dtype
        self.encoding, self.rate, self.fingerprint, self.notices = "", None, name, ()
        self._frames = frames

    def frame(self, number: int) -> Frame | None:
        inside = self.first <= number <= self.last
        return ArrayFrame(self._frames[number - self.first]) if inside else None

    def close(self) -> None:
        pass


def scene(count: int = 12) -> Array:
    """A still scene (T, 96, 128, 3) uint8."""
    rng = np.random.default_rng(8)
    rough = rng.uniform(60, 180, (12, 16, 3))
    picture = np.kron(rough, np.ones((8, 8, 1))).astype(np.uint8)
    return np.repeat(picture[None], count, 0)


def made_clips() -> tuple[Array, Array]:
    """Flickering with spots in frames 4, 5 and 8 of 1 to 12, and as it should be."""
    after = scene()
    gains = 1 + 0.08 * np.random.default_rng(2).standard_normal(len(after))
    before = np.clip(after * gains[:, None, None, None], 0, 255).astype(np.uint8)
    before[11] = after[11]
    for index in (3, 4, 7):
        before[index][SPOT] = 10
    return before, after


def summary_of_made_clips(notices: Mapping[int, str] | None = None, title: str = "made") -> Summary:
    before, after = made_clips()
    return collect(Held(before, "before.mp4"), Held(after, "after.mp4"), title, notices=notices)
