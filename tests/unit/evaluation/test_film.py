# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evenlight.evaluation import film, film_dirt, film_print
from evenlight.frames import Array

MATTES = [np.pad(np.ones((20, 30), np.float32), 4)]
FILMS = range(12)


@pytest.fixture(scope="module")
def clip() -> Array:
    """Eight lumas of soft ramps (8, 180, 320)."""
    rows, columns = np.indices((180, 320), np.float32)
    return np.repeat((0.3 + 0.3 * columns / 320 + 0.1 * rows / 180)[None], 8, axis=0)


@pytest.mark.parametrize("seed", FILMS)
def test_film_is_repeatable_and_leaves_the_clip_alone(clip: Array, seed: int) -> None:
    before = clip.copy()
    shown, masks = film.filmed(clip, np.random.default_rng(seed), MATTES)
    again, _ = film.filmed(clip, np.random.default_rng(seed), MATTES)
    assert shown.shape == clip.shape == masks.shape
    assert np.isfinite(shown).all()
    np.testing.assert_array_equal(shown, again)
    np.testing.assert_array_equal(clip, before)


def test_clean_film_has_no_dirt(clip: Array) -> None:
    for seed in FILMS:
        _, masks = film.filmed(clip, np.random.default_rng(seed), MATTES, dirty=False)
        assert not masks.any()


def test_dirt_is_seen_where_its_mask_says_and_lasts_one_frame(clip: Array) -> None:
    found = 0
    for seed in FILMS:
        rng = np.random.default_rng(seed)
        shown, masks = film_dirt.spotted(clip, rng, MATTES, seen=0.02)
        hidden = np.abs(shown - clip)[masks] < 0.02  # a bright spot over a dark one
        assert hidden.sum() <= 0.01 * masks.sum()
        assert np.abs(shown - clip)[~masks].mean() < 0.004
        assert masks.mean() < 0.2
        assert not masks.any() or not np.array_equal(masks[0], masks[1])
        found += int(masks.any())
    assert found > 8


def test_the_mask_of_dirt_moves_with_an_unsteady_film(clip: Array) -> None:
    marked, masks = clip.copy(), np.zeros(clip.shape, bool)
    marked[:, 60:100, 120:180], masks[:, 60:100, 120:180] = 1.0, True
    moved, carried = film_print.unsteady(marked, masks, np.random.default_rng(5))
    assert (carried != (moved > 0.75)).mean() < 0.002
    assert not np.array_equal(carried[0], carried[1])


def test_what_crosses_the_view_is_there_in_every_frame(clip: Array) -> None:
    crossed = film_dirt.crossed(clip, np.random.default_rng(2), MATTES)
    there = (np.abs(crossed - clip) > 0.05).sum(axis=(1, 2))
    assert there.min() > 0.5 * there.max() > 0


@pytest.mark.parametrize(
    "recipe",
    [
        film_print.printed,
        film_dirt.scratched,
        film_print.flickering,
        lambda c, rng: film_print.grained(c, rng, 0.02),
    ],
)
def test_each_fault_changes_every_frame(
    clip: Array, recipe: Callable[[Array, np.random.Generator], Array]
) -> None:
    changed = recipe(clip, np.random.default_rng(3))
    assert changed.dtype == np.float32
    assert (np.abs(changed - clip).mean(axis=(1, 2)) > 1e-4).all()
