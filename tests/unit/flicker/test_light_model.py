# SPDX-License-Identifier: Apache-2.0
"""What is meant and what is flicker, on clips that are no more than one brightness a frame."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.flicker.paths import window

from evenlight.flicker.light_model import LightModel, light_model
from evenlight.flicker.light_path import followed
from evenlight.frames import Array

TIME = np.arange(81)


def model(stops: Array, here: int, *, steadiness: float = 0.5, **known: float) -> LightModel:
    first, last = max(0, here - 40), here + 41
    own = window(stops[first:last], here - first, **known)
    return light_model(followed(own), steadiness, 1.0)


def corrected(stops: Array, steadiness: float = 0.5, **known: float) -> Array:
    found = [model(stops, t, steadiness=steadiness, **known) for t in range(len(stops))]
    return stops + np.array([one.correction[0] for one in found])


def wander(rng: np.random.Generator, size: int, stops: float, memory: float = 0.7) -> Array:
    walk = np.zeros(size)
    for t in range(1, size):
        walk[t] = memory * walk[t - 1] + rng.normal(0, stops * np.sqrt(1 - memory**2))
    return walk


MEANT = {
    "nothing": np.zeros(81),
    "a fade": -0.05 * TIME,
    "a fade to black": np.log2(np.linspace(1, 0.05, 81)),
    "a lamp": np.where(TIME < 40, 0.0, 0.8),
    "a flash": np.where(TIME == 40, 0.9, 0.0),
    "a flash of three frames": np.where(np.abs(TIME - 40) < 2, 0.5, 0.0),
    "a walk into shade": -0.7 / (1 + np.exp(-(TIME - 40) / 4)),
    "three lamps": 0.3 * ((TIME > 12) + (TIME > 40)) - 0.4 * (TIME > 60),
    "an iris that opens and closes": 0.4 * np.exp(-(((TIME - 40) / 8) ** 2)),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_left_exactly(name: str) -> None:
    for here in (0, 20, 38, 40, 41, 60, 80):
        assert model(MEANT[name], here).certainty == 0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_shots_of_few_frames_show_no_flicker(size: int) -> None:
    assert model(0.5 * (np.arange(size) % 2), 0).certainty == 0


@pytest.mark.parametrize("stops", [0.02, 0.1, 0.3])
def test_white_flicker_goes(rng: np.random.Generator, stops: float) -> None:
    flicker = rng.normal(0, stops, 121)
    left = corrected(flicker)[20:101]
    assert np.std(np.diff(left)) < 0.2 * np.std(np.diff(flicker[20:101]))


@pytest.mark.parametrize("stops", [0.03, 0.1])
def test_flicker_that_wanders_goes_too(rng: np.random.Generator, stops: float) -> None:
    flicker = wander(rng, 121, stops)
    left = corrected(flicker)[20:101]
    assert np.std(np.diff(left)) < 0.2 * np.std(np.diff(flicker[20:101]))
    assert np.std(left) < 0.5 * np.std(flicker[20:101])


@pytest.mark.parametrize("period", [6, 12])
@pytest.mark.parametrize("hues", [0.0, 0.15])
def test_swings_go_that_bend_as_fades_do(
    rng: np.random.Generator, period: int, hues: float
) -> None:
    turn = 2 * np.pi / period
    walk, left_over = [0.0, 0.0], np.exp(-1 / period)
    for push in rng.normal(0, 0.02, 200):
        walk.append(2 * left_over * np.cos(turn) * walk[-1] - left_over**2 * walk[-2] + push)
    swings = np.array(walk[-121:])
    left = corrected(swings, hues=hues)[20:101]
    assert np.std(left) < 0.3 * np.std(swings[20:101])


def test_light_that_jumps_again_and_again_is_flicker(rng: np.random.Generator) -> None:
    lasting = rng.integers(2, 13, 40)
    jumps = np.repeat(rng.normal(0, 0.15, 40), lasting)[:121]
    left = corrected(jumps)[20:101]
    assert np.std(left) < 0.5 * np.std(jumps[20:101])


def test_neighbours_are_corrected_alike(rng: np.random.Generator) -> None:
    flicker = wander(rng, 101, 0.02)
    certainties = [model(flicker, t).certainty for t in range(10, 91)]
    assert min(certainties) > 0.9 or np.abs(np.diff(certainties)).max() < 0.2


def test_steadiness_says_how_slow_flicker_may_be(rng: np.random.Generator) -> None:
    slow = wander(rng, 121, 0.1, memory=0.93)
    spreads = [np.std(corrected(slow, steadiness)[20:101]) for steadiness in (0.0, 0.5, 1.0)]
    assert spreads[2] < 0.5 * np.std(slow[20:101])
    assert spreads[2] < spreads[1] < spreads[0]


def test_fades_and_lamps_under_flicker_stay(rng: np.random.Generator) -> None:
    flicker = rng.normal(0, 0.05, 81)
    for meant in (-0.03 * TIME, np.where(TIME < 40, 0.0, 0.8)):
        left = corrected(meant + flicker)
        assert np.abs(left - meant)[5:76].mean() < 0.04
        assert abs(np.mean(left[50:70] - left[10:30]) - np.mean(meant[50:70] - meant[10:30])) < 0.04


def test_no_step_is_left_where_a_fade_begins_in_flicker(rng: np.random.Generator) -> None:
    meant = np.interp(TIME, [0, 30, 60, 80], [0, 0, -1.5, -1.5])
    left = corrected(meant + rng.normal(0, 0.1, 81))
    assert np.abs(np.diff(left) - np.diff(meant)).max() < 0.08


def test_a_burst_above_the_threshold_stays_and_pulls_nothing(rng: np.random.Generator) -> None:
    flicker = rng.normal(0, 0.05, 81)
    without = model(flicker, 38).correction[0]
    flicker[40] += 2.0
    assert model(flicker, 40).certainty == 0
    assert model(flicker, 38).correction[0] == pytest.approx(without, abs=0.02)


def test_a_burst_below_the_threshold_goes(rng: np.random.Generator) -> None:
    flicker = rng.normal(0, 0.05, 81)
    flicker[40] += 2.0
    assert light_model(followed(window(flicker, 40)), 0.5, 4.0).correction[0] < -1.8


def test_what_motion_alone_may_make_is_no_flicker(rng: np.random.Generator) -> None:
    shaken = np.cumsum(rng.normal(0, 0.02, 81))
    assert np.abs(model(shaken, 40, noise=0.02**2).correction).max() < 0.002


def test_faint_changes_of_pictures_in_colour_are_daylight(rng: np.random.Generator) -> None:
    faint = rng.normal(0, 0.01, 81)
    assert model(faint, 40, hues=0.0).certainty > 0.8
    assert model(faint, 40, hues=0.5).certainty == 0
    assert model(10 * faint, 40, hues=0.5).certainty > 0.9


def test_channels_are_corrected_each_by_itself(rng: np.random.Generator) -> None:
    flicker = rng.normal(0, 0.1, (81, 3))
    found = np.array([model(flicker, t).correction for t in range(81)])
    assert np.std((flicker + found)[10:71], axis=0).max() < 0.04


def test_the_end_of_a_clip_is_evened_out_too(rng: np.random.Generator) -> None:
    clips = rng.normal(0, 0.15, (40, 81))
    left = [clip[0] + model(clip, 0).correction[0] for clip in clips]
    assert np.std(left) < 0.6 * np.std(clips[:, 0])
