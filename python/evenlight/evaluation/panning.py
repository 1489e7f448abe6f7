# SPDX-License-Identifier: Apache-2.0
"""Clips made of photographs: panned over, and crossed by things that move fast.

Detectors of blotches need to see fast motion that is none: limbs and debris, which show for few
frames. Pieces of other photographs, moved across the view by many pixels a frame, stand in.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ..frames import Array
from .clips import still
from .damage import noise

#: Pixels a frame, at most, that the view and the things in it move by, in a frame 360 high.
VIEW_SPEED, THING_SPEED = 14.0, 36.0
#: Things in one clip at most, and their radius in pixels.
THINGS, THING_RADIUS = 5, (6, 50)


def panned(
    paths: list[Path], rng: np.random.Generator, frames: int, size: tuple[int, int]
) -> Array:
    """A clip (T, H, W, 3) float32 0..1 of (width, height) `size`."""
    width, height = size
    view = _read(paths[rng.integers(len(paths))])
    clip = _views(view, rng, frames, size)
    scale = height / 360
    for _ in range(rng.integers(THINGS + 1)):
        other = _read(paths[rng.integers(len(paths))])
        radius = scale * np.exp(rng.uniform(*np.log(THING_RADIUS)))
        matte = _matte(rng, radius)
        side = len(matte)
        row, column = (int(rng.integers(max(1, n - side))) for n in other.shape[:2])
        piece = cv2.resize(other[row : row + side, column : column + side], (side, side))
        place = rng.uniform((0, 0), (width, height))
        angle = rng.uniform(0, 2 * np.pi)
        velocity = scale * rng.uniform(0, THING_SPEED) * np.array([np.cos(angle), np.sin(angle)])
        for t, frame in enumerate(clip):
            x, y = place + (t - frames / 2) * velocity - side / 2
            move = np.array([[1, 0, x], [0, 1, y]])
            alpha = cv2.warpAffine(matte, move, size)[..., None]
            frame += alpha * (cv2.warpAffine(piece, move, size) - frame)
    return clip


def _views(
    photograph: Array, rng: np.random.Generator, frames: int, size: tuple[int, int]
) -> Array:
    width, height = size
    zoom = max(width / photograph.shape[1], height / photograph.shape[0]) * rng.uniform(1.1, 1.8)
    turn = np.deg2rad(rng.uniform(-8, 8))
    angle = rng.uniform(0, 2 * np.pi)
    velocity = height / 360 * rng.uniform(0, VIEW_SPEED) * np.array([np.cos(angle), np.sin(angle)])
    middle = np.array([photograph.shape[1], photograph.shape[0]]) / 2
    growth, spin = 1 + rng.normal(0, 0.006), rng.normal(0, 0.004)
    clip = np.empty((frames, height, width, 3), np.float32)
    for t in range(frames):
        elapsed = t - frames / 2
        size_now, angle_now = zoom * growth**elapsed, turn + spin * elapsed
        matrix = size_now * np.array(
            [[np.cos(angle_now), -np.sin(angle_now)], [np.sin(angle_now), np.cos(angle_now)]]
        )
        shift = np.array([width, height]) / 2 + elapsed * velocity - matrix @ middle
        cv2.warpAffine(
            photograph,
            np.column_stack([matrix, shift]),
            size,
            dst=clip[t],
            borderMode=cv2.BORDER_REFLECT,
        )
    return clip


def _matte(rng: np.random.Generator, radius: float) -> Array:
    """An irregular outline with a soft edge, as of something in motion."""
    side = max(8, int(3 * radius))
    outline = noise(rng, side, side / 8)
    rows, columns = np.indices((side, side)) - side / 2
    inside = 1 - np.hypot(rows, columns) / radius + 0.5 * outline
    hard = (inside > 0).astype(np.float32)
    hard[[0, -1]] = hard[:, [0, -1]] = 0
    return cv2.GaussianBlur(hard, (0, 0), float(rng.uniform(0.5, 2.0)))


def _read(path: Path) -> Array:
    """A photograph (H, W, 3) float32 0..1."""
    return still(path).astype(np.float32) / np.float32(255)
