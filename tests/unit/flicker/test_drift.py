# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.flicker.drift import drift_of
from evenlight.frames import Array

CHUNKS = [slice(0, 40), slice(40, 80), slice(80, 110)]
DRIFT = np.array([0.002, 0.001, -0.001])
NO_STEPS = np.zeros((3, 3))


def drifting(rng: np.random.Generator) -> Array:
    """Thumbnails (110, 9, 16, 3) whose light drifts in each chunk."""
    scene = rng.uniform(0.2, 0.5, (9, 16, 3))
    age = np.concatenate([np.arange(chunk.stop - chunk.start) for chunk in CHUNKS])
    return scene * np.exp2(age[:, None] * DRIFT)[:, None, None]


def test_drift_is_seen_where_the_camera_stands() -> None:
    seen = drifting(np.random.default_rng(1))
    steps = -40 * np.stack([np.zeros(3), DRIFT, DRIFT])
    strayed = np.full((110, 3), -0.001)  # which places outvote
    assert drift_of(strayed, seen, CHUNKS, steps) == pytest.approx(DRIFT, abs=2e-4)


def test_things_that_move_are_outvoted() -> None:
    rng = np.random.default_rng(2)
    seen = drifting(rng)
    for time, frame in enumerate(seen):
        frame[2:6, time % 12 : time % 12 + 4] = rng.uniform(0.2, 0.9)
    steps = -40 * np.stack([np.zeros(3), DRIFT, DRIFT])
    assert drift_of(np.zeros((110, 3)), seen, CHUNKS, steps) == pytest.approx(DRIFT, abs=4e-4)


def test_steps_speak_where_the_picture_moves_on() -> None:
    rng = np.random.default_rng(3)
    wide = rng.uniform(0.1, 0.9, (9, 16 + 110, 3))
    seen = np.stack([wide[:, time : time + 16] for time in range(110)])
    found = drift_of(np.tile(DRIFT, (110, 1)), seen, CHUNKS, NO_STEPS)
    assert found == pytest.approx(DRIFT, rel=0.4)


def test_where_nothing_is_seen_there_is_no_drift() -> None:
    black = np.zeros((110, 9, 16, 3))
    assert not drift_of(np.zeros((110, 3)), black, CHUNKS, NO_STEPS).any()
    assert not drift_of(np.zeros((6, 3)), black[:6], [slice(0, 6)], NO_STEPS[:1]).any()
