# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.frames import Array

COUNT, CUT = 16, 9


@pytest.fixture
def frames(rng: np.random.Generator) -> list[Array]:
    """Float RGB of two shots, flickering as a whole and over the frame, with blotches."""
    shots = [np.repeat(np.repeat(rng.random((12, 18, 3)), 6, 0), 6, 1) for _ in range(2)]
    down, along = np.mgrid[0:1:72j, 0:1:108j]
    clip = []
    for time in range(COUNT):
        waves = 0.15 * rng.normal(size=2)
        light = rng.uniform(0.7, 1.3) * np.exp(waves[0] * (along - 0.5) + waves[1] * (down - 0.5))
        picture = 0.6 * shots[time >= CUT] * light[..., None]
        row, column = rng.integers(8, 50), rng.integers(8, 80)
        picture[row : row + 7, column : column + 9] = 0.02
        clip.append(picture.astype(np.float32))
    return clip
