# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.levels import LEVELS, toned
from evenlight.flicker.equalise import equalise, tone_curves
from evenlight.flicker.light_model import LightModel
from evenlight.flicker.matching import Pair
from evenlight.frames import Array

CELLS = np.random.default_rng(5).uniform(0.1, 0.8, (9, 16, 3)).astype(np.float32)


def light(stops: float, certainty: float = 1.0) -> LightModel:
    """The centre is too bright by so many stops."""
    return LightModel(np.full(3, stops), certainty, abs(stops))


def pair(offset: int, power: float, gain: float = 1.0) -> Pair:
    """A neighbour that lies by a power and a gain to the centre."""
    gains = np.tile(gain * LEVELS ** (power - 1), (3, 1))
    return Pair(offset, 1.0, gains, float(np.log2(gain)))


def gains(pairs: list[Pair], own: LightModel, strength: float = 1.0) -> Array:
    return tone_curves(equalise(pairs, CELLS, 4, 1.0, own), strength)


def brightness(picture: Array) -> float:
    return float(picture.astype(np.float64).mean())


def test_the_frame_gets_the_light_that_the_model_says() -> None:
    pairs = [pair(offset, 1.0, gain) for offset, gain in ((-2, 1.3), (-1, 0.7), (1, 1.1), (2, 0.8))]
    found = gains(pairs, light(0.25))
    np.testing.assert_allclose(found, 2**-0.25, rtol=1e-9)


def test_contrast_follows_the_window_and_brightness_the_model() -> None:
    pairs = [pair(offset, 1.2, gain) for offset, gain in ((-2, 1.3), (-1, 0.7), (1, 1.1), (2, 0.8))]
    found = gains(pairs, light(0.0))
    assert found[0, 40] / found[0, 20] > 1.2  # the neighbours have more contrast
    assert brightness(toned(CELLS, found)) == pytest.approx(brightness(CELLS), rel=1e-3)
    darker = gains(pairs, light(0.5))
    assert brightness(toned(CELLS, darker)) == pytest.approx(2**-0.5 * brightness(CELLS), rel=1e-3)


def test_half_certain_is_half_of_it() -> None:
    pairs = [pair(offset, 1.2) for offset in (-1, 1)]
    whole, half = gains(pairs, light(0.4)), gains(pairs, light(0.4, 0.5))
    between = np.log2(half) / np.log2(whole)
    assert np.median(between) == pytest.approx(0.5, abs=0.05)


def test_a_neighbour_in_another_light_does_not_speak() -> None:
    pairs = [pair(offset, 1.0) for offset in (-2, -1, 1)]
    flash = pair(2, 3.0, 8.0)
    np.testing.assert_allclose(gains([*pairs, flash], light(0.1)), 2**-0.1, rtol=1e-9)


def test_no_certainty_leaves_the_frame_exactly() -> None:
    pairs = [pair(offset, 1.2, 1.5) for offset in (-1, 1)]
    assert not equalise(pairs, CELLS, 4, 1.0, light(0.5, 0.0)).any()


def test_a_frame_without_neighbours_that_match_gets_its_light() -> None:
    np.testing.assert_allclose(gains([], light(0.3)), 2**-0.3, rtol=1e-9)


def test_a_curve_never_folds_over() -> None:
    falling = Pair(1, 1.0, np.tile(1 / LEVELS**1.5, (3, 1)), 0.0)
    values = gains([falling, Pair(-1, 1.0, falling.gains, 0.0)], light(0.0)) * LEVELS
    assert np.diff(values, axis=1).min() > -1e-12


def test_strength_is_the_share_of_the_correction() -> None:
    pairs = [pair(offset, 1.1, 1.2) for offset in (-1, 1)]
    whole, half = (gains(pairs, light(-0.3), strength) - 1 for strength in (1.0, 0.5))
    np.testing.assert_allclose(half, whole / 2, rtol=1e-9)
    assert whole.max() > 0.05
