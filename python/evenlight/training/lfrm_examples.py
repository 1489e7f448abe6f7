# SPDX-License-Identifier: Apache-2.0
"""Examples for the local stage: crops where flicker clipped a clip, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress

from ..colour.encoding import Encoding
from ..colour.luma import luma_of
from ..evaluation import damage, flickering
from ..flicker.estimate import FlickerEstimate
from ..frames import Array, ArrayFrame
from ..memo import Memo
from ..motion.preview import Region, measure
from ..texture.donors import donors
from ..texture.preview import CorrectedFrame, corrected_frame
from ..texture.preview import measure as texture_preview
from ..texture.select import branches, relight_between
from .light_examples import SETTINGS, Windows, estimator_of
from .shots import Shots

SIZE = (384, 216)
#: Frames of one draw, frames that it is learned from, and crops of one frame.
LENGTH, FRAMES, CROPS = 40, 5, 3
#: Side of a crop, in pixels.
SIDE = 64
#: Share of a crop's values that must be lost, and the display error there that is worth learning.
_LEAST_LOST, _LEAST_WRONG = 0.01, 2 / 255
#: Highest display value of a clip before it flickers: highlights are what clips.
_HIGHLIGHTS = (0.75, 1.1)
#: Lights of a clip's frames may differ by so much from the truth's (natural logarithm of a gain).
_LARGEST = 1.5


@dataclass(frozen=True, slots=True)
class Examples:
    """Branches as the network sees them, all (n, channels, SIDE, SIDE) float16, and the truth."""

    own: Array
    before: Array
    after: Array
    lost: Array
    sure: Array
    clean: Array  # what was there before it flickered, in the light of `own`
    held: Array  # (n,) bool, of sources kept back


def collect(data: Path, draws: int, seed: int, progress: Progress, jobs: int = 1) -> Examples:
    """Examples of `draws` draws of every clip, and of a photograph for every second draw."""
    shots = Shots(data, draws, seed, LENGTH, LENGTH, SIZE)
    return Examples(*shots.examples(examples_of, progress, jobs))


def examples_of(clip: Array, rng: np.random.Generator) -> Iterator[tuple[Array, ...]]:
    """Parts of `Examples` but `held`, of some crops of a clip (T, H, W, 3) made to clip."""
    clean, shown = drawn(clip, rng)
    pictures = [ArrayFrame(frame) for frame in shown]
    previews = [measure(one, Region(), Encoding.SRGB, by_maximum=False) for one in pictures]
    windows, estimator = Windows(previews), estimator_of()
    clipped = (shown >= 250).mean(axis=(1, 2, 3)) - (clean >= 250).mean(axis=(1, 2, 3))
    worth = np.flatnonzero(clipped[1:-1] > 0.002) + 1
    for t in rng.permutation(worth)[:FRAMES]:
        window = windows.at(int(t), SETTINGS.radius)
        sides = donors(window)
        if None in sides:
            continue
        offsets = [sides[0] or 0, 0, sides[1] or 0]
        lights = estimator.estimates_near(window, offsets)
        before, near, after = (
            _lit(pictures[t + offset], light) for offset, light in zip(offsets, lights, strict=True)
        )
        own = _lit(pictures[t], estimator.estimate(window))
        seen = branches(Memo(), own, luma_of(near.colour), before, after)
        if seen is None:
            continue
        truth = clean[t].astype(np.float32) / np.float32(255)
        known, sure = own.preview.lost == 0, np.ones(truth.shape[:2], np.float32)
        gain = relight_between(own.colour, truth, known, sure, _LARGEST)
        truth = np.minimum(truth * np.exp(gain)[..., None], 1)
        parts = (*seen.inputs.values(), np.moveaxis(truth, 2, 0))
        for rows, columns in _crops(seen.inputs["lost"] * np.abs(parts[-1] - parts[0]), rng):
            yield tuple(part[:, rows, columns].astype(np.float16) for part in parts)


def drawn(clip: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The clip (T, H, W, 3) with bright highlights, and as it flickers and clips; both uint8."""
    top = float(np.quantile(clip[::8], 0.995))
    clean = np.minimum(clip * (rng.uniform(*_HIGHLIGHTS) / max(top, 0.1)), 1).astype(np.float32)
    grained = damage.grain(clean, rng, deviation=rng.uniform(0, 3) / 255)
    flickering_clip, wanted = clean, rng.random(4)
    if wanted[0] < 0.75:
        amount = rng.uniform(0.03, 0.3)
        flickering_clip = damage.local_flicker(flickering_clip, rng, amount=amount)
    if wanted[1] < 0.3:
        flickering_clip = damage.colour_flicker(flickering_clip, rng, amount=rng.uniform(0.02, 0.2))
    if wanted[2] < 0.2:
        amount, periods = rng.uniform(0.03, 0.3), rng.uniform(0.5, 5)
        flickering_clip = damage.row_flicker(flickering_clip, rng, amount=amount, periods=periods)
    if wanted[3] < 0.15:
        flickering_clip = flickering.window_constant(flickering_clip, rng)
    low, high, bend = rng.uniform(0.65, 0.95), rng.uniform(1.05, 1.5), rng.uniform(0, 0.15)
    flickering_clip = damage.global_flicker(
        flickering_clip, rng, gain=(low, high), gamma=(1 / (1 + bend), 1 + bend)
    )
    # Grain lies over everything, and is no error: both have the same.
    return damage.as_bytes(grained), damage.as_bytes(flickering_clip + (grained - clean))


def _lit(frame: ArrayFrame, light: FlickerEstimate) -> CorrectedFrame:
    preview = texture_preview(frame, Encoding.SRGB)
    correction = light.correction(1.0, 1.0)
    return corrected_frame(frame, preview, correction, Encoding.SRGB, by_maximum=False)


def _crops(wrong: Array, rng: np.random.Generator) -> Iterator[tuple[slice, slice]]:
    """The crops of a frame where most is wrong (3, h, w), none twice."""
    height, width = wrong.shape[1:]
    down, along = (int(rng.integers(0, size % SIDE + 1)) for size in (height, width))
    corners = [
        (row, column)
        for row in range(down, height - SIDE + 1, SIDE)
        for column in range(along, width - SIDE + 1, SIDE)
    ]

    def worth(corner: tuple[int, int]) -> float:
        part = wrong[:, corner[0] : corner[0] + SIDE, corner[1] : corner[1] + SIDE]
        return float(part.mean())

    for row, column in sorted(corners, key=worth, reverse=True)[:CROPS]:
        if worth((row, column)) > _LEAST_LOST * _LEAST_WRONG:
            yield slice(row, row + SIDE), slice(column, column + SIDE)
