# SPDX-License-Identifier: Apache-2.0
"""Examples for the blotch network: damaged clips as the detector aligns them, and the truth.

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

from ..blotch import network
from ..blotch.differences import Beyond, DifferenceMaps, Side, difference_maps
from ..blotch.preview import BlotchPreview, in_light, light_between, measure
from ..colour.encoding import Encoding
from ..evaluation import damage
from ..evaluation.clips import load_clip, photographs, sprite_mattes, training_names
from ..evaluation.panning import panned
from ..evaluation.split import photographs_for, validates
from ..frames import Array, ArrayFrame
from ..memo import Memo
from ..motion.dense import luma_flow, structure_flow, structure_of

SIZE = (640, 360)
#: Frames of one draw, and how many frames on the next one taken is.
LENGTH, STRIDES = 11, (1, 1, 2, 3)
#: Clips drawn from photographs for each clip of the data.
PANNED_SHARE = 2
#: How often a draw is left without blotches, and how often it flickers.
CLEAN, FLICKERS = 0.2, 0.4
_ONE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Examples:
    """Frames as the network sees them, and their true masks."""

    pictures: Array  # (n, network.CHANNELS, h, w) float16
    truth: Array  # (n, h, w) float16, share of each cell that is blotched
    held: Array  # (n,) bool, of sources kept back


def collect(data: Path, draws: int, seed: int, progress: Progress) -> Examples:
    """Examples of `draws` draws of every clip, and of a photograph for every second draw.

    The same seed gives the same examples. Raises MediaError where the material is missing.
    """
    mattes = sprite_mattes(data)
    names, paths = training_names(data), photographs(data)
    found: list[tuple[Array, Array, bool]] = []
    for number, name in enumerate(progress.track(names, description="clips")):
        rng = np.random.default_rng([seed, number])
        held = validates(name)
        clip = load_clip(data, name, LENGTH * max(STRIDES), SIZE)
        for draw in range(draws):
            stride = STRIDES[draw % len(STRIDES)]
            shot = clip[int(rng.integers(max(1, len(clip) - LENGTH * stride + 1))) :: stride]
            found += [(*one, held) for one in _of(shot[:LENGTH], rng, mattes)]
            if draw % PANNED_SHARE == 0:
                shot = panned(photographs_for(paths, validating=held), rng, LENGTH, SIZE)
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
    shot = [measure(ArrayFrame(frame), Encoding.SRGB) for frame in shown]
    for t in range(2, len(shot) - 2, 2):
        example = _second(shot, masks, t) if t % 4 == 2 else network.pictures(*_first(shot, t))
        rows, columns = example.shape[1:]
        share = cv2.resize(
            masks[t].astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA
        )
        yield example.astype(np.float16), share.astype(np.float16)


def _first(shot: list[BlotchPreview], t: int) -> tuple[DifferenceMaps, list[Array]]:
    """Difference maps of frame `t` in the first pass, with its neighbours' lumas as they came."""
    return _gathered(shot[t], [(shot[t + sign], shot[t + sign].luma) for sign in (-1, 1)], ())


def _second(shot: list[BlotchPreview], masks: Array, t: int) -> Array:
    """Pictures for the network in the second pass, whose neighbours are clean.

    The true masks stand in for the first pass's finds, so that nothing trained is needed here.
    """
    cleaned = []
    for beside in (t - 1, t + 1):
        fill = _first(shot, beside)[0].fill
        mask = cv2.dilate(masks[beside].astype(np.uint8), _ONE).astype(bool)
        cleaned.append((shot[beside], np.where(mask, fill, shot[beside].luma)))
    return network.pictures(*_gathered(shot[t], cleaned, (shot[t - 2], shot[t + 2])))


def _gathered(
    here: BlotchPreview,
    neighbours: list[tuple[BlotchPreview, Array]],
    further: tuple[BlotchPreview, ...],
) -> tuple[DifferenceMaps, list[Array]]:
    sides, memo = [], Memo()
    for earlier, (beside, luma) in zip((True, False), neighbours, strict=True):
        lit = in_light(luma, light_between(memo, beside, here, earlier=earlier))
        sides.append(
            Side(lit, structure_of(lit), luma_flow(here.luma, luma), luma_flow(luma, here.luma))
        )
    beyond = []
    for earlier, beside in zip((True, False), further, strict=False):
        lit = in_light(beside.luma, light_between(memo, beside, here, earlier=earlier))
        beyond.append(Beyond(lit, structure_of(lit)))
    seen = difference_maps(
        here.luma,
        (sides[0], sides[1]),
        beyond,
        across=structure_flow(sides[0].structure, sides[1].structure),
    )
    return seen, [side.luma for side in sides]
