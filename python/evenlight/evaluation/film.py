# SPDX-License-Identifier: Apache-2.0
"""Clips as old film shows them: unsteady, soft, grainy, flickering, printed hard, and dirty.

Pure functions of a clip and a random generator, by which detection learns what film is. Clips are
lumas (T, H, W) float32 on a display scale; lengths are in pixels of a frame 360 high and grow with
it. The order is that of a print and its transfer: things before the camera, the lens, the dirt, the
gate, the grain, the light, the coding.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..colour.luma import MEASURED
from ..frames import Array
from .damage import noise

#: Change (display value) from which a spot can be seen on film without grain, and what grain adds.
_SEEN, _SEEN_OF_GRAIN = 4.5 / 255, 1.2
#: Opacity of a spot from which its pixels belong to it, as a share of its greatest.
_BELONGS = 0.3


def grey(clip: Array) -> Array:
    """Luma (T, H, W) float32 of a clip (T, H, W, 3)."""
    return clip @ np.array(MEASURED, np.float32)


def filmed(
    clip: Array, rng: np.random.Generator, mattes: list[Array], *, dirty: bool = True
) -> tuple[Array, Array]:
    """A clip (T, H, W) as dirty film, and the mask (T, H, W) bool of its dirt.

    `mattes` are shapes of real damage; without `dirty` the film has all else that looks like dirt.
    """
    scale = clip.shape[1] / 360
    shown = clip.copy()
    if rng.random() < 0.35:
        shown = crossed(shown, rng, mattes)
    if rng.random() < 0.7:
        softness = scale * float(rng.uniform(0.4, 1.8))
        shown = np.stack([cv2.GaussianBlur(frame, (0, 0), softness) for frame in shown])
    if rng.random() < 0.7:
        shown = printed(shown, rng)
    masks = np.zeros(clip.shape, bool)
    amount = float(rng.uniform(0, 0.03)) * float(rng.random() < 0.85)
    if dirty:
        shown, masks = spotted(shown, rng, mattes, _SEEN + _SEEN_OF_GRAIN * amount)
    if rng.random() < 0.2:
        shown = scratched(shown, rng)
    if rng.random() < 0.7:
        shown, masks = unsteady(shown, masks, rng)
    if rng.random() < 0.2:
        shown = _bordered(shown, rng)
    shown = grained(shown, rng, amount)
    if rng.random() < 0.7:
        shown = flickering(shown, rng)
    if rng.random() < 0.4:
        shown = _coded(shown, int(rng.integers(45, 92)))
    return shown, masks


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


def printed(clip: Array, rng: np.random.Generator) -> Array:
    """A print of other gamma and contrast, clipped in its shadows and lights."""
    low, high = rng.uniform(-0.1, 0.15), rng.uniform(0.75, 1.15)
    toned = np.power(np.maximum(clip, 0), np.float32(np.exp(rng.uniform(-0.5, 0.5))))
    floor, ceiling = rng.uniform(0, 0.12), rng.uniform(0.85, 1)
    stretched = np.clip((toned - low) / (high - low), 0, 1)
    return (floor + (ceiling - floor) * stretched).astype(np.float32)


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


def scratched(clip: Array, rng: np.random.Generator) -> Array:
    """Lines along the film that stand for many frames, which are no dirt."""
    lined = clip.copy()
    for _ in range(rng.integers(1, 5)):
        place, depth = rng.uniform(0, clip.shape[2] - 3), rng.uniform(-0.25, 0.25)
        for frame in lined:
            place = float(np.clip(place + rng.normal(0, 0.7), 0, clip.shape[2] - 3))
            frame[:, int(place) : int(place) + 2] += np.float32(depth * rng.uniform(0.6, 1))
    return lined


def unsteady(clip: Array, masks: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Weave, rotation and the gate's warp, of the film and of its dirt."""
    rows, columns = clip.shape[1:]
    scale = rows / 360
    jump, wander, warp = (scale * rng.exponential(one) for one in (0.6, 0.4, 0.25))
    spin = rng.exponential(0.0008)
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).astype(np.float32)
    drift = np.zeros(2)
    moved, carried = np.empty_like(clip), np.empty_like(masks)
    for t, (frame, mask) in enumerate(zip(clip, masks, strict=True)):
        drift = 0.9 * drift + rng.normal(0, wander, 2)
        bent = cv2.resize(
            rng.normal(0, warp, (4, 4, 2)).astype(np.float32),
            (columns, rows),
            interpolation=cv2.INTER_CUBIC,
        )
        turned = (grid - (columns / 2, rows / 2))[..., ::-1] * (
            rng.normal(0, spin) * np.array([-1, 1])
        )
        places = (grid + bent + turned + drift + rng.normal(0, jump, 2)).astype(np.float32)
        border = cv2.BORDER_REPLICATE
        leads = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
        moved[t] = cv2.remap(frame, *leads, cv2.INTER_LINEAR, borderMode=border)
        share = cv2.remap(mask.astype(np.float32), *leads, cv2.INTER_LINEAR)
        carried[t] = share > 0.5
    return moved, carried


def grained(clip: Array, rng: np.random.Generator, amount: float) -> Array:
    """Grain with the size of crystals, most in the middle tones."""
    if amount == 0:
        return clip
    size = float(rng.uniform(0.3, 1.2)) * max(1.0, clip.shape[1] / 360)
    out = np.empty_like(clip)
    for t, frame in enumerate(clip):
        own = cv2.GaussianBlur(rng.standard_normal(frame.shape, np.float32), (0, 0), size)
        own /= max(float(own.std()), 1e-6)
        shade = 0.35 + 2.6 * np.clip(frame, 0, 1) * (1 - np.clip(frame, 0, 1))
        out[t] = frame + np.float32(amount) * shade * own
    return out


def flickering(clip: Array, rng: np.random.Generator) -> Array:
    """Light that changes from frame to frame and wanders over several, over the frame too."""
    amounts = [rng.exponential(one) for one in (0.05, 0.05, 0.02)]
    size = clip.shape[2], clip.shape[1]
    wandering, out = 0.0, np.empty_like(clip)
    for t, frame in enumerate(clip):
        wandering = 0.8 * wandering + rng.normal(0, amounts[1])
        field = cv2.resize(
            rng.normal(0, amounts[2], (3, 4)).astype(np.float32),
            size,
            interpolation=cv2.INTER_CUBIC,
        )
        stops = np.clip(wandering + rng.normal(0, amounts[0]), -0.5, 0.5)
        out[t] = frame * np.exp(field + np.float32(stops))
    return out


def _bordered(clip: Array, rng: np.random.Generator) -> Array:
    """The black edge of the gate, its corners round."""
    rows, columns = clip.shape[1:]
    inset = [int(rng.uniform(0, 0.06) * side) for side in (rows, rows, columns, columns)]
    gate = np.zeros((rows, columns), np.float32)
    gate[inset[0] : rows - inset[1], inset[2] : columns - inset[3]] = 1
    soft = cv2.GaussianBlur(
        gate, (0, 0), float(rng.uniform(0.6, 4)), borderType=cv2.BORDER_REPLICATE
    )
    dark = np.float32(rng.uniform(0, 0.08))
    return dark + (clip - dark) * soft


def _coded(clip: Array, quality: int) -> Array:
    """The clip after a lossy code, frame by frame."""
    out = np.empty_like(clip)
    for t, frame in enumerate(clip):
        levels = np.clip(np.round(frame * 255), 0, 255).astype(np.uint8)
        _, code = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out[t] = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)) / np.float32(255)
    return out
