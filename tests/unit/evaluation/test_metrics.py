# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.evaluation import metrics
from evenlight.frames import Array


@pytest.fixture
def clip(rng: np.random.Generator) -> Array:
    """A soft picture that wanders two pixels a frame: (10, 90, 160, 3) uint8."""
    picture = cv2.GaussianBlur(rng.uniform(0, 255, (120, 200, 3)), (0, 0), 3)
    picture = np.clip(128 + 4 * (picture - picture.mean()), 40, 215).astype(np.uint8)
    return np.stack([picture[5:95, 2 * t : 2 * t + 160] for t in range(10)])


def test_psnr_is_that_of_a_known_error_and_ends_at_the_cap(clip: Array) -> None:
    off = clip.copy()
    off[3] += 5  # in every channel, so in luma too
    figures = metrics.psnr_frames(off, clip)
    assert figures[3] == pytest.approx(20 * np.log10(255 / 5), abs=1e-3)
    assert np.all(np.delete(figures, 3) == metrics.CAP)


def test_psnr_inside_a_mask_does_not_see_outside(clip: Array) -> None:
    mask = np.zeros(clip.shape[:3], bool)
    mask[:, :20, :20] = True
    off = clip.copy()
    off[mask] += 10
    inside = metrics.psnr_frames(off, clip, mask)
    assert inside == pytest.approx(np.full(10, 20 * np.log10(25.5)), abs=1e-3)
    assert np.all(metrics.psnr_frames(off, clip, ~mask) == metrics.CAP)
    mask[2] = False
    assert metrics.psnr_frames(off, clip, mask)[2] == metrics.CAP, "no pixel, no error"


def test_step_counts_false_changes_only(clip: Array) -> None:
    fade = (clip * np.linspace(1, 0.5, 10)[:, None, None, None]).astype(np.uint8)
    assert metrics.step(fade, fade) == 0
    alternating = fade.copy()
    alternating[::2] += 6
    assert metrics.step(alternating, fade) == pytest.approx(6, abs=0.01)


def test_jitter_is_the_deviation_of_white_flicker_and_blind_to_fades_and_a_cut(
    rng: np.random.Generator,
) -> None:
    fade = np.linspace(200, 100, 400)
    fade[200:] += 40
    assert metrics.jitter(fade) < 1e-3
    flickering = fade * 2 ** rng.normal(0, 0.1, 400)
    assert metrics.jitter(flickering) == pytest.approx(0.1, rel=0.15)
    assert metrics.jitter(np.array([80.0])) == 0


def test_warp_error_is_small_along_the_motion_and_sees_flicker(clip: Array) -> None:
    motion = metrics.CleanMotion(clip)
    still = np.abs(np.diff(metrics.luma(clip), axis=0)).mean()
    assert motion.warp_error(clip) < 0.2 * still
    alternating = clip.copy()
    alternating[::2] += 8
    assert motion.warp_error(alternating) == pytest.approx(8, abs=0.6)
