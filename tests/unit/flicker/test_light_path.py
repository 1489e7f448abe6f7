# SPDX-License-Identifier: Apache-2.0
"""Steps of light from frame to frame, joined with what frames show of the centre."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.unit.flicker.paths import window

from evenlight.colour.levels import LEVELS
from evenlight.flicker.light_path import followed
from evenlight.flicker.matching import Pair
from evenlight.frames import Array

TIME = np.arange(41)
LIGHT = 0.2 * np.sin(TIME / 5)


def pairs(light: Array, here: int, confidence: float = 1.0) -> list[Pair]:
    gains = 2 ** (light - light[here])
    return [
        Pair(t - here, confidence, np.full((3, len(LEVELS)), gains[t]), 0.0)
        for t in range(len(light))
        if t != here
    ]


def error(stops: Array, here: int) -> Array:
    return stops[:, 0] - stops[here, 0] - (LIGHT - LIGHT[here])


def test_steps_add_up() -> None:
    path = followed(window(LIGHT, 20))
    assert path.centre == 20
    np.testing.assert_allclose(error(path.stops, 20), 0, atol=1e-12)


def test_what_frames_show_of_the_centre_holds_the_steps_to_it() -> None:
    drifting = LIGHT + 0.02 * TIME  # each step is a little too large
    seen = window(drifting, 20, noise=0.02**2)
    alone = followed(seen)
    joined = alone.told_by(seen, pairs(LIGHT, 20))
    assert np.abs(error(joined.stops, 20)).max() < 0.4 * np.abs(error(alone.stops, 20)).max()


def test_neighbours_are_told_by_steps_and_not_by_what_is_measured_worse() -> None:
    seen = window(LIGHT, 20)
    blurred = pairs(LIGHT + np.where(TIME == 20, 0.0, 0.03), 20)
    joined = followed(seen).told_by(seen, blurred)
    assert np.abs(error(joined.stops, 20)[19:22]).max() < 0.003


def test_where_nothing_of_the_centre_is_seen_the_steps_speak() -> None:
    seen = window(LIGHT, 20)
    path = followed(seen)
    assert path.told_by(seen, []) is path
    hardly = path.told_by(seen, pairs(np.zeros(41), 20, confidence=0.001))
    assert np.abs(error(hardly.stops, 20)).max() < 0.001


def test_a_believed_field_is_out_of_the_path_as_far_as_it_is_believed() -> None:
    seen = window(LIGHT, 20)
    last = seen.after[0]
    bent = replace(last.link.light, evened=last.link.light.stops + 0.1)
    after = (replace(last, link=replace(last.link, light=bent)), *seen.after[1:])
    half = followed(replace(seen, after=after), 0.5)
    np.testing.assert_allclose(error(half.stops, 20)[21:], 0.05, atol=1e-12)
    np.testing.assert_allclose(error(half.stops, 20)[:21], 0, atol=1e-12)
