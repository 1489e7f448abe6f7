# SPDX-License-Identifier: Apache-2.0
"""Things that lie on film or cross its view: spots, hairs and scratches; sparks, snow and debris.

Pure functions of a clip of lumas (T, H, W) float32 on a display scale and a random generator;
lengths are in pixels of a frame 360 high and grow with it.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import Array
from .damage import noise

#: Opacity of a spot from which its pixels belong to it, as a share of its greatest.
_BELONGS = 0.3


def crossed(clip: Array, rng: np.random.Generator, mattes: list[Array]) -> Array:
    """Sparks, snow and debris: small things that are there in every frame, elsewhere each time."""
    crossed_by, scale = clip.copy(), clip.shape[1] / 360
    speed, heading = scale * np.exp(rng.uniform(np.log(2), np.log(40))), rng.uniform(0, 2 * np.pi)
    for _ in range(int(np.exp(rng.uniform(0, np.log(40))))):
        alpha = _shape(rng, mattes, scale * np.exp(rng.uniform(np.log(3), np.log(30))))
        alpha = alpha * np.float32(rng.uniform(0.4, 1))
        level = np.float32(rng.uniform(0.8, 1) if rng.random() < 0.7 else rng.uniform(0, 0.2))
        angle, own = heading + rng.normal(0, 0.3), speed * np.exp(rng.normal(0, 0.3))
        velocity = own * np.array([np.sin(angle), np.cos(angle)])
        place = rng.uniform((0, 0), clip.shape[1:]) - len(clip) / 2 * velocity
        for frame in crossed_by:
            place = (place + velocity) % (clip.shape[1], clip.shape[2])
            _lay(frame, alpha, level, (int(place[0]), int(place[1])))
    return crossed_by


def scratched(clip: Array, rng: np.random.Generator) -> Array:
    """Lines along the film that stand for many frames, which are no dirt."""
    lined = clip.copy()
    for _ in range(rng.integers(1, 5)):
        place, depth = rng.uniform(0, clip.shape[2] - 3), rng.uniform(-0.25, 0.25)
        for frame in lined:
            place = float(np.clip(place + rng.normal(0, 0.7), 0, clip.shape[2] - 3))
            frame[:, int(place) : int(place) + 2] += np.float32(depth * rng.uniform(0.6, 1))
    return lined


def spotted(
    clip: Array, rng: np.random.Generator, mattes: list[Array], seen: float
) -> tuple[Array, Array]:
    """Dirt at the sizes and densities of film, and the mask (T, H, W) bool of what can be seen.

    Mostly small, of one polarity, often in clusters, now and then a frame full of it; opaque or
    thin, its rim hard or soft. What changes a frame by less than `seen` counts as none.
    """
    dirty, masks = clip.copy(), np.zeros(clip.shape, bool)
    usual = np.exp(rng.uniform(np.log(2), np.log(80)))
    bright_share = float(rng.choice([0.05, 0.5, 0.95]))
    largest = float(np.exp(rng.uniform(np.log(12), np.log(90))))
    thin = rng.random() < 0.5
    for frame, mask in zip(dirty, masks, strict=True):
        count = rng.poisson(usual * (5 if rng.random() < 0.1 else 1))
        middle = rng.uniform((0, 0), frame.shape)
        for number in range(min(count, 150)):
            size = 2.5 * np.exp(rng.exponential(0.6 if number else 0.9))
            _spot(frame, mask, rng, mattes, min(size, largest), bright_share, thin, middle, seen)
    return dirty, masks


def _spot(
    frame: Array,
    mask: Array,
    rng: np.random.Generator,
    mattes: list[Array],
    size: float,
    bright_share: float,
    thin: bool,
    middle: Array,
    seen: float,
) -> None:
    scale = frame.shape[0] / 360
    alpha = _shape(rng, mattes, scale * size * (2.5 if rng.random() < 0.12 else 1))
    alpha = alpha * np.float32(rng.uniform(0.2, 1) if thin else rng.uniform(0.6, 1))
    place = rng.uniform((0, 0), frame.shape)
    if rng.random() < 0.3:
        place = middle + rng.normal(0, 40 * scale, 2)
    if rng.random() < 0.06:
        place[int(rng.integers(2))] *= 0.02
    level = rng.uniform(0.75, 1.05) if rng.random() < bright_share else rng.uniform(0, 0.25)
    corner = int(place[0] - alpha.shape[0] / 2), int(place[1] - alpha.shape[1] / 2)
    _lay(frame, alpha, np.float32(level), corner, mask, seen)


def _shape(rng: np.random.Generator, mattes: list[Array], size: float) -> Array:
    """An opacity (h, w) of about `size`: a matte of real damage, a hair, a row of beads or a blob;
    its rim hard or soft.
    """
    alpha: Array
    kind = rng.random()
    if kind < 0.45 and mattes:
        matte = np.rot90(mattes[rng.integers(len(mattes))], int(rng.integers(4)))
        share = max(size, 3.0) / max(matte.shape)
        shape = max(2, round(matte.shape[1] * share)), max(2, round(matte.shape[0] * share))
        alpha = cv2.resize(np.ascontiguousarray(matte), shape, interpolation=cv2.INTER_AREA)
        alpha = alpha / max(float(alpha.max()), 1e-3)
    elif kind < 0.6:
        alpha = _hair(rng, 2.5 * size)
    else:
        side = int(1.6 * size) + 4
        rows, columns = np.indices((side, side)) - (side - 1) / 2 + rng.uniform(-0.5, 0.5)
        stretch = np.exp(rng.uniform(-0.6, 0.6))
        distance = np.hypot(rows * stretch, columns / stretch) / max(size / 2, 1.2)
        ragged = 0.25 * noise(rng, side, max(size / 5, 0.8)) if size > 6 else 0
        alpha = np.clip((1.2 - distance + ragged) * rng.uniform(1.5, 5), 0, 1)
    if rng.random() < 0.5:
        mottle = noise(rng, max(alpha.shape), max(size / 8, 0.7))
        part = mottle[: alpha.shape[0], : alpha.shape[1]]
        alpha = alpha * np.clip(1 + rng.uniform(0.1, 0.5) * part, 0, 1)
    softness = float(rng.uniform(0.3, 1.8)) * (1 + size / 60)
    padded = np.pad(alpha.astype(np.float32), int(2 * softness) + 1)
    return np.asarray(cv2.GaussianBlur(padded, (0, 0), softness))


def _hair(rng: np.random.Generator, length: float) -> Array:
    """A curved line, or the beads along one (h, w)."""
    side = int(length) + 6
    canvas = np.zeros((side, side), np.float32)
    turn, angle = rng.normal(0, 1.5), rng.uniform(0, 2 * np.pi)
    along = np.linspace(0, 1, max(6, int(length / 2)))
    angles = angle + turn * along
    steps = np.stack([np.cos(angles), np.sin(angles)], 1) * length / len(along) * 0.9
    points = np.cumsum(steps, axis=0)
    points += side / 2 - (points.max(axis=0) + points.min(axis=0)) / 2
    width = int(rng.integers(1, 3))
    if rng.random() < 0.3:
        for x, y in points[:: int(rng.integers(2, 5))]:
            cv2.circle(canvas, (int(x), int(y)), width, 1.0, -1, cv2.LINE_AA)
    else:
        line = points.round().astype(np.int32)[:, None]
        cv2.polylines(canvas, [line], False, 1.0, width, cv2.LINE_AA)
    return np.clip(canvas, 0, 1)


def _lay(
    frame: Array,
    alpha: Array,
    level: np.float32,
    corner: tuple[int, int],
    mask: Array | None = None,
    seen: float = 0.0,
) -> None:
    """Lay a matte with its corner at a row and column; `mask` takes what is seen of it."""
    top, left = corner
    rows = slice(max(top, 0), min(top + alpha.shape[0], frame.shape[0]))
    columns = slice(max(left, 0), min(left + alpha.shape[1], frame.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = alpha[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    change = part * (level - frame[rows, columns])
    frame[rows, columns] += change
    if mask is not None:
        size = np.abs(change)
        if size.max() > 1.5 * seen:
            mask[rows, columns] |= size > max(seen, _BELONGS * float(size.max()))
