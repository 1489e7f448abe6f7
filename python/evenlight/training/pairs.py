# SPDX-License-Identifier: Apache-2.0
"""Pairs of neighbouring frames whose light differs over the frame, as the solvers see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..colour.encoding import Encoding
from ..evaluation import damage
from ..evaluation.clips import load_clip, load_film
from ..frames import Array, ArrayFrame
from ..motion.dense import warp
from ..motion.fields import Step, relate
from ..motion.links import Link, link
from ..motion.preview import Preview, Region, measure

SIZE = (640, 360)
#: Neighbours on each side: the published window of five frames.
REACH = 2
#: Shapes that pairs are kept in; all clips are drawn at `SIZE`.
SHAPE = (45, 80)


@dataclass(frozen=True, slots=True)
class Shot:
    """A damaged clip, measured."""

    previews: list[Preview]
    links: list[Link]
    fields: Array | None  # (T, h, w) natural logarithm of the gain, where known

    def steps(self, t: int, sign: int) -> list[Step]:
        """The neighbours of frame t on one side, as `fields.fit` takes them."""
        steps: list[Step] = []
        for distance in range(1, REACH + 1):
            beside = t + sign * distance
            if not 0 <= beside < len(self.previews):
                break
            pair = self.links[min(beside, beside - sign)]
            if not pair.same_shot:
                break
            there = self.previews[beside]
            flow = pair.forward if sign > 0 else pair.backward
            steps.append((there.structure, there.colour, flow, None))
        return steps

    def truth(self, t: int, sign: int, steps: Sequence[Step]) -> Array:
        """The fields (n, h, w) that a perfect fit to `steps` gives."""
        assert self.fields is not None, "only synthetic flicker is known"
        field = np.zeros((*self.fields.shape[1:], 2), np.float32)
        found = []
        for distance, (_, _, flow, _) in enumerate(steps, 1):
            field = field + warp(flow, field)
            found.append(warp(self.fields[t + sign * distance], field) - self.fields[t])
        return np.stack(found)


def synthetic(clip: Array, rng: np.random.Generator, area: float) -> tuple[Shot, Array, Array]:
    """A shot with local or row flicker, grain and blotches over `area` of each frame.

    With it come its frames as bytes and the blotches' mask (T, H, W) bool.
    """
    blotched, mask = clip, np.zeros(clip.shape[:3], bool)
    if area:
        blotched, mask = damage.blotches(clip, rng, area=(area, area))
    light = np.ones((len(clip), *SHAPE, 3), np.float32)
    seed, rows = int(rng.integers(2**31)), rng.random() < 0.3
    amount = float(rng.uniform(0.08, 0.25))

    def flickered(frames: Array) -> Array:
        own = np.random.default_rng(seed)
        make = damage.row_flicker if rows else damage.local_flicker
        return make(frames, own, amount=amount)

    shown = damage.grain(flickered(blotched), rng, deviation=rng.uniform(0, 4) / 255)
    pictures = damage.as_bytes(shown)
    return _shot(pictures, np.log(flickered(light)[..., 0]).astype(np.float32)), pictures, mask


def film(data: Path, name: str, frames: int) -> Shot:
    """A real film of the data folder; raises MediaError where it is not there."""
    return _shot(load_film(data, name, frames, SIZE), None)


def _shot(pictures: Array, fields: Array | None) -> Shot:
    previews = [
        measure(ArrayFrame(frame), Region(), Encoding.SRGB, by_maximum=False) for frame in pictures
    ]
    links = [link(first, second) for first, second in pairwise(previews)]
    return Shot(previews, links, fields)


def clip_pairs(
    data: Path, name: str, draws: int, frames: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Relation and weights (h, w) of pairs of a clip, its damage drawn anew `draws` times."""
    clip = load_clip(data, name, 60, SIZE)
    for draw in range(draws):
        first = int(rng.integers(max(1, len(clip) - frames + 1)))
        shot, _, _ = synthetic(clip[first : first + frames], rng, (0.0, 0.01, 0.03, 0.1)[draw % 4])
        yield from shot_pairs(shot)


def shot_pairs(shot: Shot) -> Iterator[tuple[Array, Array]]:
    """Relation and weights (h, w) of all pairs of a shot up to `REACH` frames apart."""
    for t, centre in enumerate(shot.previews):
        for sign in (-1, 1):
            steps = shot.steps(t, sign)
            if steps:
                relation, weights = relate(centre, steps, [None] * len(steps))
                for one, other in zip(relation, weights, strict=True):
                    yield one.reshape(SHAPE), other.reshape(SHAPE)
