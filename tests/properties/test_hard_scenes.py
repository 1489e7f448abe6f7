# SPDX-License-Identifier: Apache-2.0
"""Scenes that look like dirt and are none, and dirt that is more than can be repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight import RenderRequest
from evenlight.effects import Deblotch
from evenlight.effects.deblotch import DeblotchParams
from evenlight.frames import Array
from evenlight.params import build_params

SHAPE = (144, 200)
FRAMES = 9
AT = 4


def scene(speed: float = 2.0, number: int = 11) -> Array:
    """A pan over blobs with grain: (FRAMES, H, W, 3) float32."""
    rng = np.random.default_rng(number)
    width = SHAPE[1] + int(speed * FRAMES) + 8
    coarse = rng.random((SHAPE[0] // 8 + 1, width // 8 + 2, 3)).astype(np.float32)
    wide = cv2.resize(coarse, ((width // 8 + 2) * 8, (SHAPE[0] // 8 + 1) * 8))
    starts = (speed * np.arange(FRAMES)).astype(int)
    frames = [wide[: SHAPE[0], x : x + SHAPE[1]] for x in starts]
    grain = rng.normal(0, 0.004, (FRAMES, *SHAPE, 1))
    return (0.2 + 0.5 * np.stack(frames) + grain).astype(np.float32)


def falling(size: tuple[int, int], number: int, step: tuple[int, int], level: float) -> Array:
    """Things that fall evenly through the scene, each in all frames."""
    clip, rng = scene(0.0), np.random.default_rng(5)
    places = rng.integers(0, (SHAPE[1], SHAPE[0]), (number, 2))
    for t, frame in enumerate(clip):
        for x, y in (places + np.array(step) * t) % (SHAPE[1], SHAPE[0]):
            frame[y : y + size[1], x : x + size[0]] = level
    return clip


def confetti() -> Array:
    clip, rng = scene(0.0), np.random.default_rng(6)
    places, speeds = rng.uniform(0, 140, (60, 2)), rng.uniform(-6, 6, (60, 2))
    colours = rng.random((60, 3)).astype(np.float32)
    for t, frame in enumerate(clip):
        for (x, y), colour in zip((places + speeds * t).astype(int) % 140, colours, strict=True):
            frame[y : y + 4, x : x + 4] = colour
    return clip


def thrown(step: tuple[int, int], number: int, size: int, level: float) -> Array:
    """Things with a dark mark that fly through a pan, each its own way."""
    clip = scene(1.0)
    for t, frame in enumerate(clip):
        for k in range(number):
            x, y = (20 + 55 * k + step[0] * (t + k)) % 180, (96 + 41 * k + step[1] * t) % 130
            frame[y : y + size, x : x + size] = level
            frame[y + size // 3, x + size // 3] = 0.4 * level
    return clip


def strobe() -> Array:
    clip = scene()
    clip[::2] *= 0.3
    return clip


def one_frame_flash() -> Array:
    clip = scene()
    clip[AT] = clip[AT] * 1.6
    return clip


def light_patch() -> Array:
    """Light that falls on a part of the scene for a frame, softly bounded as light is."""
    clip = scene(0.0)
    rows, columns = np.indices(SHAPE)
    glow = np.exp(-((rows - 70.0) ** 2 + (columns - 100.0) ** 2) / (2 * 22.0**2))
    clip[AT] += (0.3 * glow[..., None]).astype(np.float32)
    return clip


def animation() -> Array:
    """A still background, over which a cel jumps every second frame."""
    clip = np.repeat(scene(0.0)[:1], FRAMES, axis=0)
    for t, frame in enumerate(clip):
        x = 20 + 22 * (t // 2)
        frame[60:90, x : x + 24] = (0.9, 0.7, 0.2)
        frame[64:70, x + 4 : x + 8] = 0.02
    return clip


def whip_pan() -> Array:
    return np.stack([cv2.blur(frame, (25, 1)) for frame in scene(40.0)])


def title_card() -> Array:
    """A card that is shown for one frame between two parts of a shot."""
    clip = scene()
    card = np.full((*SHAPE, 3), 8, np.uint8)
    cv2.putText(card, "THE END", (30, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (230, 230, 230), 2)
    clip[AT] = card.astype(np.float32) / 255
    return clip


def lost_frame() -> Array:
    """A frame of which nine tenths are burnt."""
    clip = scene()
    clip[AT, : SHAPE[0] * 9 // 10] = 0.97
    return clip


def deblotch(clip: Array, time: int, **params: Any) -> Array:
    out = np.full_like(clip[time], 77)
    request = RenderRequest(time)
    Deblotch().process(ArrayClip(clip), request, build_params(DeblotchParams, params), out)
    return out


def touched(out: Array, frame: Array) -> float:
    return float((np.abs(out - frame).max(axis=2) > 6 / 255).mean())


CLEAN: dict[str, tuple[Callable[[], Array], float]] = {
    "snow": (lambda: falling((3, 3), 120, (1, 4), 0.95), 0.012),
    "rain": (lambda: falling((1, 9), 120, (1, 30), 0.8), 0.004),
    "confetti": (confetti, 0.016),
    "thrown toy": (lambda: thrown((16, -9), 1, 10, 0.9), 0.0),
    "dark toy": (lambda: thrown((16, -9), 1, 10, 0.05), 0.0),
    "sparks": (lambda: thrown((9, 21), 3, 3, 1.0), 0.002),
    "strobe": (strobe, 0.0),
    "flash": (one_frame_flash, 0.0),
    "light patch": (light_patch, 0.0),
    "animation on twos": (animation, 0.005),
    "whip pan": (whip_pan, 0.0),
    "title card": (title_card, 0.0),
    "burnt frame": (lost_frame, 0.0),
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_meant_stays(name: str) -> None:
    make, most = CLEAN[name]
    clip = make()
    for time in (0, AT - 1, AT, AT + 1, FRAMES - 1):
        assert touched(deblotch(clip, time), clip[time]) <= most, time
