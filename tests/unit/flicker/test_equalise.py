# SPDX-License-Identifier: Apache-2.0
"""The decisions in time, on clips that are no more than one brightness (stops) a frame."""

from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.levels import LEVELS
from evenlight.flicker.equalise import (
    equalise,
    flicker_amount,
    jitter,
    light_trend,
    significant_drift,
    tone_curves,
)
from evenlight.flicker.matching import Pair
from evenlight.frames import Array
from evenlight.motion.links import Link
from evenlight.motion.preview import Preview
from evenlight.motion.window import Neighbour, Window

STILL = np.zeros((1, 1, 2), np.float32)


def window(stops: Array, here: int) -> Window:
    light = 0.4 * np.exp2(stops)
    grey = [Preview(np.full((1, 1, 3), value), np.zeros((1, 1)), b"") for value in light]

    def link(first: int) -> Link:
        difference, level = light[first + 1] - light[first], max(light[first : first + 2])
        return Link(STILL, STILL, True, np.full(3, difference), np.full(3, level), False)

    return Window(
        grey[here],
        tuple(Neighbour(t - here, grey[t], link(t)) for t in range(here - 1, -1, -1)),
        tuple(Neighbour(t - here, grey[t], link(t - 1)) for t in range(here + 1, len(stops))),
    )


def corrected(stops: Array, here: int, *, keep_above: float = 1.0, amount: float = 1.0) -> float:
    """The stops by which the frame is brightened."""
    pairs = [
        Pair(t - here, 1.0, np.full((3, len(LEVELS)), 2.0**change), change)
        for t, change in enumerate(stops - stops[here])
        if t != here
    ]
    gains = tone_curves(equalise(pairs, len(stops) // 2, keep_above, amount), 1.0)
    assert np.ptp(gains) < 1e-9
    return float(np.log2(gains[0, 0]))


def flicker(rng: np.random.Generator, size: int = 41, stops: float = 0.15) -> Array:
    return rng.normal(0, stops, size)


@pytest.mark.parametrize("size", [1, 2])
def test_one_frame_or_two_show_no_flicker(size: int) -> None:
    assert flicker_amount(window(np.arange(size) * 0.5, 0)) == 0


def test_a_steady_clip_a_fade_a_step_and_a_flash_are_no_flicker() -> None:
    time = np.arange(41)
    to_black = np.log2(np.linspace(1, 0.05, 41))
    step, flash = np.where(time < 20, 0.0, 0.8), np.where(time == 20, 1.5, 0.0)
    for clip in (np.zeros(41), to_black, step, flash):
        assert flicker_amount(window(clip, 20)) == 0


def test_more_flicker_means_more_certainty(rng: np.random.Generator) -> None:
    shape = flicker(rng, stops=1.0)
    amounts = [flicker_amount(window(size * shape, 20)) for size in (0.001, 0.02, 0.1, 0.3)]
    assert amounts[0] == 0
    assert amounts == sorted(amounts)
    assert 0.97 < amounts[-1] < 1


def test_flicker_goes(rng: np.random.Generator) -> None:
    stops = flicker(rng, 81)
    left = [stops[t] + corrected(stops[t - 20 : t + 21], 20) for t in range(20, 61)]
    assert np.std(np.diff(left)) < 0.15 * np.std(np.diff(stops[20:61]))


def test_a_burst_above_the_threshold_stays_and_pulls_nothing(rng: np.random.Generator) -> None:
    stops = flicker(rng, stops=0.05)
    without = corrected(stops, 18)
    stops[20] += 2.0
    assert corrected(stops, 20) == 0
    # The next best thing to an absent frame: the mean moves by what one frame in 41 weighs.
    assert abs(corrected(stops, 18) - without) < 0.02


def test_the_same_burst_goes_where_it_lies_below_the_threshold(rng: np.random.Generator) -> None:
    stops = flicker(rng, stops=0.05)
    stops[20] += 2.0
    assert corrected(stops, 20, keep_above=4.0) < -1.8


def test_a_step_under_flicker_stays(rng: np.random.Generator) -> None:
    stops = flicker(rng, stops=0.05) + np.where(np.arange(41) < 25, 0.0, 0.8)
    left = stops + np.array([corrected(stops, t) for t in range(41)])
    assert abs(np.mean(left[28:38]) - np.mean(left[10:22]) - 0.8) < 0.08


def test_a_fade_under_flicker_is_followed(rng: np.random.Generator) -> None:
    ramp = np.linspace(0, -2, 41)
    stops = ramp + flicker(rng, stops=0.05)
    left = np.array([stops[t] + corrected(stops, t) for t in range(10, 31)])
    assert np.abs(left - ramp[10:31]).mean() < 0.05


def test_the_end_of_a_clip_is_evened_out_too(rng: np.random.Generator) -> None:
    stops = np.stack([flicker(rng) for _ in range(40)])
    left = np.array([clip[0] + corrected(clip, 0) for clip in stops])
    assert np.std(left) < 0.5 * np.std(stops[:, 0])


def test_no_certainty_leaves_the_frame_exactly() -> None:
    stops = np.tile([0.1, -0.1], 20)
    assert corrected(stops, 3, amount=0.0) == 0


def test_a_curve_never_folds_over() -> None:
    falling = np.tile(1 / LEVELS**1.5, (3, 1))
    pairs = [Pair(offset, 1.0, falling, 0.0) for offset in (-2, -1, 1, 2)]
    values = tone_curves(equalise(pairs, 2, 1.0, 1.0), 1.0) * LEVELS
    assert (np.diff(values, axis=1) >= 0).all()


def test_strength_is_the_share_of_the_correction() -> None:
    pairs = [Pair(offset, 1.0, np.full((3, len(LEVELS)), 1.2), 0.263) for offset in (-1, 1)]
    relative_deficit = equalise(pairs, 2, 1.0, 1.0)
    whole, half = (tone_curves(relative_deficit, strength) - 1 for strength in (1.0, 0.5))
    np.testing.assert_allclose(half, whole / 2, rtol=1e-9)
    assert whole.min() > 0.05


def test_the_trend_keeps_ramps_and_steps_and_drops_a_burst() -> None:
    ramp = np.arange(30) * 0.1
    np.testing.assert_allclose(light_trend(ramp)[8:-8], ramp[8:-8], atol=1e-12)
    step = np.where(np.arange(30) < 15, 0.0, 1.0)
    np.testing.assert_array_equal(light_trend(step), step)
    burst = np.where(np.arange(30) == 15, 3.0, 0.0)
    np.testing.assert_array_equal(light_trend(burst), np.zeros(30))


def test_jitter_is_a_deviation_that_few_bursts_do_not_move(rng: np.random.Generator) -> None:
    values = rng.normal(0, 0.1, 2001)
    values[::50] += 5
    assert jitter(values) == pytest.approx(0.1, rel=0.1)


def test_a_drift_within_chance_is_none() -> None:
    np.testing.assert_allclose(
        significant_drift(np.array([0.1, -0.1, 0.0, 15.0]), 0.1), [0, 0, 0, 15], atol=2e-3
    )
