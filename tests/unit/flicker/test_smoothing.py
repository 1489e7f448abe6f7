# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from evenlight.flicker.smoothing import steady_part
from evenlight.memo import Memo

OFFSETS = np.arange(-12, 13)


def steady(offsets: np.ndarray, series: np.ndarray) -> np.ndarray:
    return steady_part(offsets, series, Memo())


def test_flicker_about_a_constant_is_averaged_out(rng: np.random.Generator) -> None:
    level = rng.normal(0, 1, 30)
    series = level + rng.normal(0, 0.1, (len(OFFSETS), 30))
    error = steady(OFFSETS, series) - level
    assert np.sqrt((error**2).mean()) < 0.1 / np.sqrt(len(OFFSETS)) * 1.3


def test_a_walk_without_flicker_keeps_the_current_frame(rng: np.random.Generator) -> None:
    series = np.cumsum(rng.normal(0, 0.1, (len(OFFSETS), 30)), axis=0)
    error = steady(OFFSETS, series) - series[12]
    assert np.sqrt((error**2).mean()) < 0.02


def test_a_lasting_step_is_not_averaged_over() -> None:
    series = np.where(OFFSETS[:, None] >= 0, 1.0, 0.0) * np.linspace(0.5, 1, 20)
    np.testing.assert_allclose(steady(OFFSETS, series), series[12], atol=0.1)


def test_frames_may_be_missing_and_few() -> None:
    series = np.array([[0.0], [2.0]])
    np.testing.assert_array_equal(steady(np.array([-1, 0]), series), [2.0])
    assert np.isfinite(steady(np.array([-7, 0, 1, 5]), np.ones((4, 2)))).all()


def test_a_series_of_zeros_stays_zero() -> None:
    assert not steady(OFFSETS, np.zeros((len(OFFSETS), 5))).any()
