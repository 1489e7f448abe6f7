# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.evaluation.film_light import FilmMotion, step_rms, wander_rms
from evenlight.frames import Array

FRAMES = 40


@pytest.fixture(scope="module")
def scene() -> Array:
    """A scene panned over three pixels a frame, with a dark patch that comes in: (T, H, W, 3)."""
    rng = np.random.default_rng(1)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, (200, 500, 3)), (0, 0), 2)
    picture = np.clip(110 + 3 * (picture - picture.mean()), 40, 180)
    picture[:, 320:] *= 0.5
    return np.stack([picture[:, 3 * t : 3 * t + 320] for t in range(FRAMES)])


def shown(scene: Array, stops: Array) -> Array:
    return np.clip(np.round(scene * np.exp2(stops)[:, None, None, None]), 0, 255).astype(np.uint8)


def steps_of(clip: Array) -> Array:
    return FilmMotion(clip).steps(clip)


def test_what_comes_into_the_picture_is_no_light(scene: Array) -> None:
    still = steps_of(shown(scene, np.zeros(FRAMES)))
    assert step_rms(still) < 1
    assert wander_rms(still) < 2


def test_flicker_is_told_to_a_thousandth_of_a_stop(scene: Array, rng: np.random.Generator) -> None:
    stops = rng.normal(0, 0.05, FRAMES)
    assert steps_of(shown(scene, stops)) == pytest.approx(np.diff(stops), abs=3e-3)


def test_a_wander_is_told_from_a_fade(scene: Array) -> None:
    times = np.arange(FRAMES)
    fade = -0.02 * times
    wander = 0.05 * np.sin(2 * np.pi * times / 8)
    assert wander_rms(steps_of(shown(scene, fade))[7:-7]) < 25
    assert wander_rms(steps_of(shown(scene, wander))) == pytest.approx(35, rel=0.1)
    assert step_rms(steps_of(shown(scene, wander))) == pytest.approx(27, rel=0.1)


def test_another_clip_is_judged_along_the_films_motion(scene: Array) -> None:
    motion = FilmMotion(shown(scene, np.zeros(FRAMES)))
    stops = np.where(np.arange(FRAMES) % 2, 0.1, 0.0)
    assert motion.steps(shown(scene, stops)) == pytest.approx(np.diff(stops), abs=3e-3)


def test_nothing_is_said_across_a_cut(scene: Array) -> None:
    cut = shown(scene, np.zeros(FRAMES))
    cut[20:] = 255 - cut[20:, :, ::-1]
    assert steps_of(cut)[19] == 0
    dark = np.zeros_like(cut)
    assert not steps_of(dark).any()
