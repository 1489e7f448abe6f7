# SPDX-License-Identifier: Apache-2.0
"""Examples for the blotch network: damaged clips as the detector aligns them, and the truth.

Most clips are made film before they are judged: unsteady, soft, grainy, flickering and dirty. Clips
are also taken with frames left out, which makes their motion faster, and photographs are panned
over; both because fast motion is what detection lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from ..blotch import network
from ..blotch.differences import Beyond, DifferenceMaps, Side, difference_maps
from ..blotch.preview import BlotchPreview, in_light, light_between, measure
from ..colour.encoding import Encoding
from ..evaluation import damage
from ..evaluation.clips import small_mattes
from ..evaluation.film import filmed, grey
from ..frames import Array, ArrayFrame
from ..memo import Memo
from ..motion.dense import luma_flow, structure_flow, structure_of
from .shots import Shots

SIZE = (640, 360)
#: Frames of one draw.
LENGTH = 11
#: How often a draw is film, how often film is clean, and how often what is no film is.
FILM, CLEAN_FILM, CLEAN = 0.7, 0.15, 0.25
#: How often what is no film flickers, and how often a neighbour was cleaned of its own blotches.
FLICKERS, CLEANED = 0.4, 0.8
_ONE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Examples:
    """Frames as the network sees them, and their true masks."""

    pictures: Array  # (n, network.CHANNELS, h, w) float16
    truth: Array  # (n, h, w) float16, share of each cell that is blotched
    held: Array  # (n,) bool, of sources kept back


def collect(data: Path, draws: int, seed: int, progress: Progress, jobs: int) -> Examples:
    """Examples of `draws` draws of every clip, and of a photograph for every second draw.

    The same seed gives the same examples. Raises MediaError where the material is missing.
    """
    shots = Shots(data, draws, seed, LENGTH, LENGTH, SIZE)
    return Examples(*shots.examples(partial(_of, small_mattes(data)), progress, jobs))


def damaged(clip: Array, rng: np.random.Generator, mattes: list[Array]) -> tuple[Array, Array]:
    """A clip (T, H, W, 3) with whatever damage is drawn, and its mask (T, H, W) bool."""
    if rng.random() < FILM:
        shown, masks = filmed(grey(clip), rng, mattes, dirty=rng.random() >= CLEAN_FILM)
        return np.repeat(shown[..., None], 3, axis=3), masks
    shown, masks = clip, np.zeros(clip.shape[:3], bool)
    if rng.random() >= CLEAN:
        if mattes and rng.random() < 0.5:
            shown, masks = damage.sprites(clip, rng, mattes)
        else:
            shown, masks = damage.blotches(clip, rng)
    if rng.random() < FLICKERS:
        shown = damage.local_flicker(shown, rng, amount=rng.uniform(0.02, 0.25))
    return damage.grain(shown, rng, deviation=rng.uniform(0, 4) / 255), masks


def _of(
    mattes: list[Array], clip: Array, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    shown, masks = damaged(clip, rng, mattes)
    shot = [measure(ArrayFrame(frame), Encoding.SRGB) for frame in damage.as_bytes(shown)]
    for t in range(0, len(shot) - 2, 2):
        if t == 0:
            maps = _gathered(shot[0], [(shot[o], shot[o].luma) for o in (1, 2)], (), one_sided=True)
        elif t % 4 == 2:
            maps = _second(shot, masks, t, rng)
        else:
            maps = _first(shot, t)
        example = network.pictures(maps)
        size = example.shape[2], example.shape[1]
        share = cv2.resize(masks[t].astype(np.float32), size, interpolation=cv2.INTER_AREA)
        yield example.astype(np.float16), share.astype(np.float16)


def _first(shot: list[BlotchPreview], t: int) -> DifferenceMaps:
    """Difference maps of frame `t` in the first pass, with its neighbours' lumas as they came."""
    return _gathered(shot[t], [(shot[t + sign], shot[t + sign].luma) for sign in (-1, 1)], ())


def _second(
    shot: list[BlotchPreview], masks: Array, t: int, rng: np.random.Generator
) -> DifferenceMaps:
    """Difference maps in the second pass, whose neighbours mostly are clean.

    The true masks stand in for the first pass's finds, so that nothing trained is needed here.
    """
    cleaned = []
    for beside in (t - 1, t + 1):
        fill = _first(shot, beside).fill
        mask = cv2.dilate(masks[beside].astype(np.uint8), _ONE).astype(bool)
        if rng.random() >= CLEANED:
            mask[:] = False
        cleaned.append((shot[beside], np.where(mask, fill, shot[beside].luma)))
    return _gathered(shot[t], cleaned, (shot[t - 2], shot[t + 2]))


def _gathered(
    here: BlotchPreview,
    neighbours: list[tuple[BlotchPreview, Array]],
    further: tuple[BlotchPreview, ...],
    *,
    one_sided: bool = False,
) -> DifferenceMaps:
    sides, memo = [], Memo()
    for earlier, (beside, luma) in zip((not one_sided, False), neighbours, strict=True):
        lit = in_light(luma, light_between(memo, beside, here, earlier=earlier))
        sides.append(
            Side(lit, structure_of(lit), luma_flow(here.luma, luma), luma_flow(luma, here.luma))
        )
    beyond = []
    for earlier, beside in zip((True, False), further, strict=False):
        lit = in_light(beside.luma, light_between(memo, beside, here, earlier=earlier))
        beyond.append(Beyond(lit, structure_of(lit)))
    across = None if one_sided else structure_flow(sides[0].structure, sides[1].structure)
    return difference_maps(here.luma, (sides[0], sides[1]), beyond, across=across)
