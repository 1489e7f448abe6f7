# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evenlight.evaluation import damage
from evenlight.frames import Array

RECIPES = {
    "global": damage.global_flicker,
    "local": damage.local_flicker,
    "row": damage.row_flicker,
    "colour": damage.colour_flicker,
    "coloured": damage.coloured_flicker,
    "blotches": lambda clip, rng: damage.blotches(clip, rng)[0],
    "everything": lambda clip, rng: damage.everything(clip, rng)[0],
    "grain": damage.grain,
}


@pytest.fixture
def clip(rng: np.random.Generator) -> Array:
    """Twelve frames that differ, no value at 0 or 1."""
    return rng.uniform(0.2, 0.6, (12, 45, 80, 3)).astype(np.float32)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_damage_is_float_repeatable_and_leaves_the_clip_alone(
    clip: Array, recipe: Callable[[Array, np.random.Generator], Array]
) -> None:
    before = clip.copy()
    first = recipe(clip, np.random.default_rng(3))
    again, other = recipe(clip, np.random.default_rng(3)), recipe(clip, np.random.default_rng(4))
    assert first.dtype == np.float32
    assert first.shape == clip.shape
    assert np.array_equal(clip, before)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert all(np.any(a != b) for a, b in zip(first, clip, strict=True)), "a frame was left out"


def test_global_flicker_is_one_tone_curve_a_frame(clip: Array) -> None:
    damaged = damage.global_flicker(clip, np.random.default_rng(1))
    for clean, frame in zip(clip, damaged, strict=True):
        gamma, gain = np.polyfit(np.log(clean.ravel()), np.log(frame.ravel()), 1)
        assert 0.8 <= gamma <= 1.25
        assert 0.7 <= np.exp(gain) <= 1.3
        assert np.allclose(frame, np.exp(gain) * clean**gamma, rtol=1e-4)


@pytest.mark.parametrize("swings", [True, False])
def test_coloured_flicker_is_one_gain_a_frame_that_wanders_and_returns(swings: bool) -> None:
    still = np.full((200, 2, 2, 3), 0.5, np.float32)
    gains = []
    for seed in range(8):
        damaged = damage.coloured_flicker(still, np.random.default_rng(seed), swings=swings) / still
        assert np.allclose(damaged, damaged[:, :1, :1, :1])
        gains.append(damaged[:, 0, 0, 0] - 1)
        assert 0.03 <= np.abs(gains[-1]).max() <= 0.08
    walks = np.array(gains)
    spread = walks.var(axis=1)
    beside = (walks[:, 1:] * walks[:, :-1]).mean(axis=1) / spread
    far = (walks[:, 50:] * walks[:, :-50]).mean(axis=1) / spread
    assert beside.mean() > 0.3, "neighbours stray alike"
    assert np.abs(far).mean() < 0.3, "and what is far does not"


def test_local_flicker_has_no_place_that_is_always_left_alone(clip: Array) -> None:
    gains = damage.local_flicker(clip, np.random.default_rng(1)) / clip
    assert gains.std(axis=0).min() > 0.02
    assert gains.max() < 1.5
    assert np.allclose(gains.mean(), 1, atol=0.05)
    assert np.allclose(gains[..., 0], gains[..., 2], rtol=1e-4), "light alone, no colour"


def test_rows_are_even_along_themselves_and_roll_where_asked(clip: Array) -> None:
    gains = damage.row_flicker(clip, np.random.default_rng(1), amount=0.2) / clip
    assert np.allclose(gains, gains[:, :, :1], rtol=1e-4)
    assert gains.max() == pytest.approx(1.2, abs=0.01)
    assert gains.min() == pytest.approx(0.8, abs=0.01)
    rolling = damage.row_flicker(clip, np.random.default_rng(1), drift=0.25) / clip
    assert np.allclose(rolling[0], rolling[4], rtol=1e-4), "a quarter turn a frame is back in four"
    assert np.abs(rolling[0] - rolling[2]).max() > 0.3


def test_blotches_are_opaque_inside_their_mask_and_nowhere_else(clip: Array) -> None:
    damaged, mask = damage.blotches(clip, np.random.default_rng(1))
    assert np.array_equal((damaged != clip).any(axis=-1), mask)
    assert np.all((damaged[mask] <= 0.1) | (damaged[mask] >= 0.9))
    assert np.all(mask.mean(axis=(1, 2)) >= 0.005)
    assert not np.array_equal(mask[0], mask[1]), "film damage lasts one frame"


def test_sprites_are_laid_where_their_mask_says(rng: np.random.Generator) -> None:
    clip = np.full((3, 90, 160, 3), 0.5, np.float32)
    mattes = [np.pad(np.ones((20, 30), np.float32), 4)]
    damaged, masks = damage.sprites(clip, rng, mattes)
    assert masks.any(axis=(1, 2)).all()
    assert (damaged[~masks] == 0.5).mean() > 0.98
    assert np.abs(damaged[masks] - 0.5).mean() > 0.1


@pytest.mark.parametrize("kind", [damage.specks, damage.stains])
def test_small_and_mottled_damage_is_seen_where_its_mask_says(
    rng: np.random.Generator, kind: Callable[..., tuple[Array, Array]]
) -> None:
    clip = np.full((6, 180, 320, 3), 0.4, np.float32)
    damaged, masks = kind(clip, rng)
    change = np.abs(damaged - clip).mean(axis=3)
    assert 0.0001 < masks.mean() < 0.2
    assert change[masks].min() > 0.03
    assert change[~masks].max() <= 0.031
    again, _ = kind(clip, np.random.default_rng(5))
    np.testing.assert_array_equal(again, kind(clip, np.random.default_rng(5))[0])


def test_bytes_are_rounded_and_clipped() -> None:
    values = np.array([-0.5, 0.0, 0.4999 / 255, 0.5001 / 255, 1.0, 1.4], np.float32)
    assert damage.as_bytes(values).tolist() == [0, 0, 0, 1, 255, 255]
