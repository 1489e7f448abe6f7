# SPDX-License-Identifier: Apache-2.0
"""Tracks of what flies past, among dirt that lies in one frame only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.flight import flies, pieces_of
from evenlight.frames import Array

SHAPE = (180, 320)
STILL = [np.zeros((*SHAPE, 2), np.float32)] * 2


def piece(
    place: Sequence[float],
    *,
    size: int = 4,
    dark: bool = False,
    odds: float = 3.0,
    contrast: float = 0.3,
) -> Candidate:
    left, top = int(place[0]), int(place[1])
    box = Box(top, left, top + size, left + size)
    mask = np.ones(box.shape, bool)
    return Candidate(box, mask, dark, size * size, contrast, np.zeros(len(NAMES)), odds)


def places(rng: np.random.Generator, count: int) -> Array:
    return np.round(rng.uniform((40, 40), (SHAPE[1] - 44, SHAPE[0] - 44), (count, 2)))


def frames_of(
    rng: np.random.Generator, count: int, velocity: tuple[int, int]
) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
    middle = places(rng, count)
    before, here, after = (middle + np.multiply(k, velocity) for k in (-1, 0, 1))
    return [piece(p) for p in before], [piece(p) for p in here], [piece(p) for p in after]


@pytest.mark.parametrize(("count", "velocity"), [(4, (3, 25)), (100, (1, 6)), (60, (0, 30))])
def test_pieces_that_fall_are_left(
    rng: np.random.Generator, count: int, velocity: tuple[int, int]
) -> None:
    before, here, after = frames_of(rng, count, velocity)
    assert all(flies(here, (pieces_of(before), pieces_of(after)), STILL))


def test_one_piece_alone_is_left_and_the_dirt_beside_it_is_not() -> None:
    before, here, after = (piece((80 + 20 * t, 120 - 9 * t)) for t in (-1, 0, 1))
    dirt = piece((250, 60))
    flying = flies([here, dirt], (pieces_of([before]), pieces_of([after])), STILL)
    assert flying == [True, False]


@pytest.mark.parametrize("count", [4, 30, 100])
def test_dirt_that_lies_anywhere_in_each_frame_hardly_ever_flies(count: int) -> None:
    left = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        before, here, after = ([piece(p) for p in places(rng, count)] for _ in range(3))
        left += flies(here, (pieces_of(before), pieces_of(after)), STILL)
    assert np.mean(left) <= 0.02


def test_what_moves_with_the_picture_does_not_fly_past_it(rng: np.random.Generator) -> None:
    before, here, after = frames_of(rng, 5, (20, 0))
    flows = [np.full((*SHAPE, 2), (step, 0), np.float32) for step in (-20, 30)]
    assert not any(flies(here, (pieces_of(before), pieces_of(after[:0])), flows))


def test_dirt_beyond_doubt_of_the_other_polarity_or_named_is_none_of_it(
    rng: np.random.Generator,
) -> None:
    before, here, after = frames_of(rng, 6, (2, 20))
    others = [
        piece((20, 20), odds=12.0),
        piece((60, 20), dark=True),
        piece((100, 20), contrast=0.0),
    ]
    flying = flies([*here, *others], (pieces_of(before), pieces_of(after)), STILL)
    assert flying == [True] * 6 + [False] * 3


def test_nothing_flies_where_nothing_is() -> None:
    assert flies([], (pieces_of([]), pieces_of([])), STILL) == []
    assert flies([piece((20, 20))], (pieces_of([]), pieces_of([])), STILL) == [False]


def test_tracks_that_chance_makes_are_no_shower() -> None:
    """With this seed three tracks lie among thirty pieces, and none where a frame is mirrored."""
    rng, flow = np.random.default_rng(341), np.zeros((480, 640, 2), np.float32)
    before, here, after = (
        [piece(p) for p in rng.uniform((0, 0), (636, 476), (30, 2))] for _ in range(3)
    )
    assert not any(flies(here, (pieces_of(before), pieces_of(after)), [flow, flow]))


def test_a_large_piece_may_fly_farther() -> None:
    def at(t: int, size: int) -> Candidate:
        return piece((140 + 10 * t, 190 + 80 * t), size=size)

    for size, does in ((16, True), (6, False)):
        beside = pieces_of([at(-1, size)]), pieces_of([at(1, size)])
        still = [np.zeros((400, 600, 2), np.float32)] * 2
        assert flies([at(0, size)], beside, still) == [does]
