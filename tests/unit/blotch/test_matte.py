# SPDX-License-Identifier: Apache-2.0
"""Shapes of mattes, and blotches that become one."""

from __future__ import annotations

import numpy as np
import pytest

from evenlight.blotch import matte
from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.overlap import joined
from evenlight.frames import Array

SHAPE = (64, 80)


def disc(radius: float, centre: tuple[int, int] = (32, 40)) -> Array:
    rows, columns = np.indices(SHAPE)
    return np.asarray(np.hypot(rows - centre[0], columns - centre[1]) <= radius)


def soft(radius: float, width: float) -> Array:
    """A disc of height 0.3 whose rim falls to nothing over `width` pixels."""
    rows, columns = np.indices(SHAPE)
    distance = np.hypot(rows - 32, columns - 40)
    return (0.3 * np.clip(1 - (distance - radius) / width, 0, 1)).astype(np.float32)


def piece(rows: slice, columns: slice, *, dark: bool = True, contrast: float = 0.2) -> Candidate:
    box = Box(rows.start, columns.start, rows.stop, columns.stop)
    mask = np.ones(box.shape, bool)
    return Candidate(box, mask, dark, mask.size, contrast, np.zeros(len(NAMES)))


def test_a_soft_rim_is_followed_to_its_end_and_no_farther() -> None:
    noise = np.random.default_rng(2).normal(0, 0.004, SHAPE).astype(np.float32)
    core, whole = disc(8), disc(11.5)
    found = matte.reached(soft(8, 4) + noise, core, ~disc(16), 1.0)
    assert (found & whole).sum() > 0.95 * whole.sum()
    assert (found & ~disc(14)).sum() == 0


def test_a_blotch_with_a_sharp_rim_stays_as_it_is() -> None:
    found = matte.reached(soft(8, 0.01), disc(8), ~disc(14), 1.0)
    assert (found ^ disc(8)).sum() < 0.2 * disc(8).sum()


def test_dirt_has_a_rim_and_light_has_none() -> None:
    everywhere = np.ones(SHAPE, bool)
    assert matte.rim(soft(10, 2), disc(10), everywhere, 1.0) > 0.8
    assert matte.rim(soft(1, 30), disc(10), everywhere, 1.0) < 0.4
    assert matte.rim(soft(1, 1), disc(1), everywhere, 1.0) == np.inf


def test_what_goes_on_beside_a_matte_is_told_and_followed_to_its_end() -> None:
    rows, columns = np.indices(SHAPE)
    tail = (abs(rows - 32) < 5) & (columns >= 40) & (columns < 55)
    thing = np.where(disc(8) | tail, np.float32(0.3), np.float32(0))
    stays = np.ones(SHAPE, bool)
    assert matte.left(thing, disc(8), stays, 1.0) > 0.1
    assert matte.left(thing, disc(8), disc(8), 1.0) == 0
    followed = matte.followed(thing, disc(8), 1.0)
    assert (followed & (thing > 0)).sum() == (thing > 0).sum()
    assert matte.left(thing, followed, stays, 1.0) == 0
    assert matte.left(soft(8, 0.01), disc(8), stays, 1.0) == 0


def test_a_matte_grows_fills_its_holes_and_fades_out() -> None:
    ring = disc(10) & ~disc(4)
    assert (matte.without_holes(ring) == disc(10)).all()
    assert (matte.grown(disc(6), 3) & ~disc(9.5)).sum() == 0
    assert matte.grown(disc(6), 3).sum() > disc(8).sum()
    faded = matte.softened(disc(6), 1.0)
    assert (faded[disc(6)] == 1).all()
    assert (faded[~disc(9.5)] == 0).all()


@pytest.mark.parametrize(("gap", "left"), [(0.0, 3), (34.0, 3), (120.0, 2)])
def test_gaps_between_blotches_of_one_polarity_are_closed(gap: float, left: int) -> None:
    first, second = piece(slice(10, 20), slice(10, 20)), piece(slice(10, 20), slice(26, 36))
    bright = piece(slice(22, 30), slice(10, 20), dark=False)
    found = joined([first, second, bright], SHAPE, gap)
    assert len(found) == left
    if left == 2:
        assert max(one.area for one in found) > first.area + second.area


def test_an_island_between_blotches_is_none_of_them() -> None:
    angles = 2 * np.pi * np.arange(3) / 3
    specks = [
        piece(slice(row, row + 1), slice(column, column + 1))
        for row, column in zip(
            np.rint(32 + 5 * np.sin(angles)).astype(int).tolist(),
            np.rint(40 + 5 * np.cos(angles)).astype(int).tolist(),
            strict=True,
        )
    ]
    gap = 10 * 1080 / SHAPE[0]
    together = joined(specks, SHAPE, gap)
    assert [one.area for one in together] == [1, 1, 1]
