# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight import Deflicker, RenderRequest
from evenlight.effects import Resources
from evenlight.effects.deflicker import DeflickerParams
from evenlight.frames import Array
from evenlight.inference.sessions import Sessions
from evenlight.params import build_params

SHAPE = (48, 72)
#: Opened once; every render has a memory of its own.
SESSIONS = Sessions()


def opened() -> Deflicker:
    """An effect that remembers nothing yet."""
    return Deflicker(Resources(sessions=SESSIONS))


def render(clip: ArrayClip, time: int, effect: Deflicker | None = None, **params: object) -> Array:
    out = np.full_like(clip.frames[time], 77)
    settings = build_params(DeflickerParams, {"radius": 8, **params})
    (effect or opened()).process(clip, RenderRequest(time), settings, out)
    return out


@pytest.fixture(scope="session")
def scene() -> Array:
    """A pan over blobs: (24, H, W, 3) float32, 0.1 to 0.8."""
    rng = np.random.default_rng(7)
    coarse = rng.random((SHAPE[0] // 6 + 2, SHAPE[1] // 6 + 12, 3)).astype(np.float32)
    wide = cv2.resize(coarse, ((SHAPE[1] // 6 + 12) * 6, (SHAPE[0] // 6 + 2) * 6))
    frames = [wide[3 : 3 + SHAPE[0], t : t + SHAPE[1]] for t in range(24)]
    return (0.1 + 0.7 * np.stack(frames)).astype(np.float32)


@pytest.fixture(scope="session")
def flickering(scene: Array) -> Array:
    """The scene under one gain a frame."""
    gains = np.random.default_rng(8).uniform(0.75, 1.25, len(scene)).astype(np.float32)
    return scene * gains[:, None, None, None]
