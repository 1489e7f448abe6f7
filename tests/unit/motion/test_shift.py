# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.frames import Array
from evenlight.motion.dense import OF_CELLS, dense_flow
from evenlight.motion.shift import start


def view(rng: np.random.Generator, height: int, width: int) -> Array:
    """A picture (height, width) uint8 with detail at every scale, and grey on the mean."""
    noise = sum(
        cv2.resize(rng.standard_normal((n, 2 * n)).astype(np.float32), (width, height)) * 8
        for n in (12, 24, 48)
    )
    return np.clip(128 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("moved", [(0, 0), (0, 19), (11, -25), (-14, 6)])
def test_it_finds_a_pan(rng: np.random.Generator, moved: tuple[int, int]) -> None:
    wide = view(rng, 240, 320)
    first = wide[60:150, 80:240]
    second = wide[60 - moved[0] : 150 - moved[0], 80 - moved[1] : 240 - moved[1]]
    assert np.abs(start(first, second) - np.array([moved[1], moved[0]])).max() < 0.6


def test_pictures_that_share_nothing_are_not_shifted_far(rng: np.random.Generator) -> None:
    flat = np.full((90, 160), 128, np.uint8)
    assert not start(flat, view(rng, 90, 160)).any()
    assert not start(flat, flat).any()


def test_flow_follows_a_pan_of_a_third_of_the_frame(rng: np.random.Generator) -> None:
    wide = view(rng, 135, 240)
    first, second = wide[20:65, 60:140].copy(), wide[20:65, 36:116].copy()
    inner = dense_flow(first, second, OF_CELLS)[4:-4, 4:50]
    assert np.median(np.abs(inner - np.array([24, 0]))) < 0.5
