# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.bench.additive import veil
from tests.bench.metrics import light_error, seam, ssim, strayed, texture

from evenlight.frames import Array


@pytest.fixture
def clip(rng: np.random.Generator) -> Array:
    """A still of squares with grain: (8, 72, 96, 3) uint8."""
    squares = np.kron(rng.uniform(60, 180, (6, 8)), np.ones((12, 12)))[None, ..., None]
    return np.clip(squares + rng.normal(0, 3, (8, 72, 96, 3)), 0, 255).astype(np.uint8)


def test_nothing_is_lost_where_nothing_changed(clip: Array) -> None:
    assert ssim(clip, clip) == pytest.approx(1)
    assert texture(clip, clip) == (pytest.approx(1), pytest.approx(1))
    assert strayed(clip, clip) == 0
    assert seam(clip, clip, 4) == (0, 0)


def test_blur_is_seen_and_an_even_change_of_light_is_not(clip: Array) -> None:
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), 1.5) for frame in clip])
    sharpness, grain = texture(soft, clip, every=1)
    assert sharpness < 0.8
    assert grain < 0.5
    dark = (clip * 0.8).astype(np.uint8)
    assert texture(dark, clip, every=1) == (pytest.approx(1, abs=0.08), pytest.approx(1, abs=0.08))


def test_the_seam_is_counted(clip: Array) -> None:
    joined = clip.copy()
    joined[4:] += 7
    differ, jump = seam(joined, clip, 4)
    assert differ == 4
    assert jump == pytest.approx(7, abs=0.01)
    assert strayed(joined, clip) == pytest.approx(7, abs=0.01)


def test_the_error_of_light_is_in_stops_and_knows_no_lasting_difference(clip: Array) -> None:
    stops = np.array([0, 0.1, 0, -0.1, 0, 0, 0.1, -0.1]) - 0.2
    lit = np.clip(clip * np.exp2(stops)[:, None, None, None], 0, 255).round().astype(np.uint8)
    assert light_error(lit, clip) == pytest.approx(stops + 0.2, abs=0.01)
    assert not light_error(np.zeros_like(clip), clip).any()


def test_a_veil_is_what_comes_and_goes_over_blocks() -> None:
    clean = np.full((6, 36, 64, 3), 100, np.uint8)
    grain = np.indices(clean.shape).sum(axis=0) % 2  # in every frame the same
    lifted = clean + grain.astype(np.uint8)
    lifted[::2] += 10
    assert veil(lifted, clean) == pytest.approx(5, abs=0.01)
    assert veil(clean + np.uint8(3), clean) == pytest.approx(0, abs=1e-4)
