# SPDX-License-Identifier: Apache-2.0
"""Synthetic damage: pure functions of a clip and a random generator, for training and measuring.

Clips are (T, H, W, 3) float32 on a display scale, 0..1; damage is not clipped unless `as_bytes`
is called on it. The recipes are those of the published benchmarks and of film physics.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import Array


def global_flicker(
    clip: Array,
    rng: np.random.Generator,
    *,
    gain: tuple[float, float] = (0.7, 1.3),
    gamma: tuple[float, float] = (0.8, 1.25),
) -> Array:
    """The clip (T, H, W, 3) with one gain and one gamma for each frame."""
    gains, gammas = rng.uniform(*gain, len(clip)), rng.uniform(*gamma, len(clip))
    return np.stack(
        [
            (g * np.power(np.maximum(frame, 0), e)).astype(np.float32)
            for frame, g, e in zip(clip, gains, gammas, strict=True)
        ]
    )


def local_flicker(
    clip: Array, rng: np.random.Generator, *, amount: float = 0.25, grid: tuple[int, int] = (4, 4)
) -> Array:
    """The clip (T, H, W, 3) with gains 1 ± `amount` on a `grid` (rows, columns), interpolated."""
    size = clip.shape[2], clip.shape[1]
    fields = 1 + rng.uniform(-amount, amount, (len(clip), *grid)).astype(np.float32)
    return np.stack(
        [
            frame * cv2.resize(field, size, interpolation=cv2.INTER_CUBIC)[..., None]
            for frame, field in zip(clip, fields, strict=True)
        ]
    )


def row_flicker(
    clip: Array,
    rng: np.random.Generator,
    *,
    amount: float = 0.2,
    periods: float = 2.0,
    drift: float | None = None,
) -> Array:
    """The clip (T, H, W, 3) with bands along the rows, as of mains light on a rolling shutter.

    Each frame's phase is random; with `drift`, in turns a frame, bands roll evenly as they do
    where camera and mains keep their frequencies.
    """
    height = clip.shape[1]
    rows = 2 * np.pi * periods * np.arange(height) / height
    phases = rng.uniform(0, 2 * np.pi, len(clip))
    if drift is not None:
        phases = phases[0] + 2 * np.pi * drift * np.arange(len(clip))
    gains = 1 + amount * np.sin(rows[None] + phases[:, None])
    return (clip * gains[:, :, None, None]).astype(np.float32)


def colour_flicker(clip: Array, rng: np.random.Generator, *, amount: float = 0.2) -> Array:
    """The clip (T, H, W, 3) with one gain for each frame and channel."""
    gains = rng.uniform(1 - amount, 1 + amount, (len(clip), 1, 1, 3))
    return (clip * gains).astype(np.float32)


def coloured_flicker(
    clip: Array,
    rng: np.random.Generator,
    *,
    periods: tuple[float, float] = (3, 12),
    amount: tuple[float, float] = (0.03, 0.08),
    swings: bool = True,
) -> Array:
    """The clip (T, H, W, 3) with gains that wander, as of cranking by hand, to 1 ± `amount`.

    A random walk that is pulled back: it swings about 1 with a period in frames drawn from
    `periods` or, for `swings` False, creeps back within as many.
    """
    period = rng.uniform(*periods)
    decay = np.exp(-1 / period)
    pull = 2 * decay * np.cos(2 * np.pi / period), -(decay**2)
    ahead, behind = pull if swings else (decay, 0.0)
    walk = [0.0, 0.0]
    for push in rng.standard_normal(len(clip) + 50):  # it has forgotten its start by then
        walk.append(ahead * walk[-1] + behind * walk[-2] + push)
    path = np.array(walk[-len(clip) :])
    path -= path.mean()
    gains = 1 + rng.uniform(*amount) * path / max(np.abs(path).max(), 1e-9)
    return (clip * gains[:, None, None, None]).astype(np.float32)


def joins(
    clip: Array,
    rng: np.random.Generator,
    *,
    every: int = 33,
    gain: tuple[float, float] = (0.9, 1.1),
    offset: float = 0.015,
    gamma: tuple[float, float] = (0.95, 1.05),
    dip: float = 0.05,
    drift: float = 0.04,
) -> Array:
    """The clip (T, H, W, 3) as models of video write it: in chunks of `every` frames.

    Each chunk but the first has a gain, an offset and a gamma of its own for each channel; the
    light of each sags by `dip` over its last three frames, and drifts by `drift` from its first to
    its last.
    """
    joined = np.empty_like(clip)
    for begin in range(0, len(clip), every):
        length = len(clip[begin : begin + every])
        own = rng.uniform(*gain, 3), rng.uniform(*gamma, 3), rng.uniform(-offset, offset, 3)
        gains, gammas, offsets = own if begin else (np.ones(3), np.ones(3), np.zeros(3))
        for place in range(length):
            sag = dip * max(0, place - every + 4) / 3
            light = (1 + drift * place / every) * (1 - sag)
            frame = np.maximum(clip[begin + place], 0) ** gammas * gains + offsets
            joined[begin + place] = light * frame
    return joined


def blotches(
    clip: Array,
    rng: np.random.Generator,
    *,
    area: tuple[float, float] = (0.005, 0.02),
    radius: tuple[float, float] = (5, 40),
) -> tuple[Array, Array]:
    """Opaque dark or bright blotches, new ones in each frame; with their mask (T, H, W) bool.

    Radii are in pixels of a frame 360 high and grow with it.
    """
    damaged, masks = clip.copy(), np.zeros(clip.shape[:3], bool)
    scale = clip.shape[1] / 360
    for frame, mask in zip(damaged, masks, strict=True):
        wanted = rng.uniform(*area) * mask.size
        while mask.sum() < wanted:
            blotch = _blotch(mask.shape, rng, scale * rng.uniform(*radius))
            level = rng.uniform(0, 0.1) if rng.random() < 0.5 else rng.uniform(0.9, 1)
            frame[blotch] = level
            mask |= blotch
    return damaged, masks


def _blotch(shape: tuple[int, ...], rng: np.random.Generator, radius: float) -> Array:
    """A random walk of discs that stays within about `radius`."""
    canvas = np.zeros(shape, np.uint8)
    centre = rng.uniform(0, 1, 2) * shape[::-1]
    place = centre.copy()
    for _ in range(12):
        cv2.circle(
            canvas, tuple(place.round().astype(int).tolist()), max(1, int(radius / 3)), 1, -1
        )
        place = centre + (place - centre) * 0.8 + rng.normal(0, radius / 3, 2)
    return canvas.astype(bool)


def sprites(
    clip: Array,
    rng: np.random.Generator,
    mattes: list[Array],
    *,
    area: tuple[float, float] = (0.002, 0.015),
    opacity: tuple[float, float] = (0.5, 1.0),
    height: tuple[float, float] = (6, 90),
) -> tuple[Array, Array]:
    """Real damage by its mattes, turned, scaled and half transparent; with the mask (T, H, W) bool.

    Heights are in pixels of a frame 360 high and grow with it.
    """
    damaged, masks = clip.copy(), np.zeros(clip.shape[:3], bool)
    scale = clip.shape[1] / 360
    for frame, mask in zip(damaged, masks, strict=True):
        wanted = rng.uniform(*area) * mask.size
        for _ in range(200):
            if mask.sum() >= wanted:
                break
            matte = np.rot90(mattes[rng.integers(len(mattes))], int(rng.integers(4)))
            size = scale * np.exp(rng.uniform(*np.log(height))) / max(matte.shape)
            shape = max(2, round(matte.shape[1] * size)), max(2, round(matte.shape[0] * size))
            matte = cv2.resize(np.ascontiguousarray(matte), shape, interpolation=cv2.INTER_AREA)
            _stamp(frame, mask, matte * np.float32(rng.uniform(*opacity)), rng)
    return damaged, masks


def _stamp(
    frame: Array, mask: Array, alpha: Array, rng: np.random.Generator, seen: float | None = None
) -> None:
    """Lay a matte anywhere, black or white.

    The mask holds what is covered by 0.15 or, where it is given, what changes by `seen`.
    """
    rows, columns = mask.shape
    top, left = rng.integers(1 - alpha.shape[0], rows), rng.integers(1 - alpha.shape[1], columns)
    window = (
        slice(max(top, 0), min(top + alpha.shape[0], rows)),
        slice(max(left, 0), min(left + alpha.shape[1], columns)),
    )
    part = alpha[
        window[0].start - top : window[0].stop - top,
        window[1].start - left : window[1].stop - left,
        None,
    ]
    level = rng.uniform(0, 0.15) if rng.random() < 0.5 else rng.uniform(0.85, 1)
    change = part * (np.float32(level) - frame[window])
    frame[window] += change
    if seen is None:
        mask[window] |= part[..., 0] > 0.15
    else:
        mask[window] |= np.abs(change).mean(axis=2) > seen


def specks(
    clip: Array,
    rng: np.random.Generator,
    *,
    count: tuple[int, int] = (5, 60),
    radius: tuple[float, float] = (0.8, 4.0),
    opacity: tuple[float, float] = (0.08, 0.6),
) -> tuple[Array, Array]:
    """Small soft dust, of which a print is full; with the mask (T, H, W) bool of what can be seen.

    Radii are in pixels of a frame 360 high and grow with it.
    """
    damaged, masks = clip.copy(), np.zeros(clip.shape[:3], bool)
    scale = clip.shape[1] / 360
    for frame, mask in zip(damaged, masks, strict=True):
        for _ in range(rng.integers(*count)):
            size = scale * np.exp(rng.uniform(*np.log(radius)))
            side = int(np.ceil(4 * size)) + 2
            rows, columns = np.indices((side, side)) - (side - 1) / 2 + rng.uniform(-0.5, 0.5)
            stretch, lean = np.exp(rng.uniform(-0.5, 0.5)), rng.uniform(-0.5, 0.5)
            distance = np.hypot(rows * stretch, columns / stretch + lean * rows) / size
            matte = np.clip(rng.uniform(1.2, 2.0) - distance, 0, 1).astype(np.float32)
            _stamp(frame, mask, matte * np.float32(rng.uniform(*opacity)), rng, 0.03)
    return damaged, masks


def stains(
    clip: Array,
    rng: np.random.Generator,
    *,
    often: float = 0.5,
    radius: tuple[float, float] = (10, 60),
    detail: tuple[float, float] = (0.7, 3.0),
) -> tuple[Array, Array]:
    """Torn emulsion: one mottled stain on many frames; with the mask (T, H, W) bool.

    Lengths are in pixels of a frame 360 high and grow with it.
    """
    damaged, masks = clip.copy(), np.zeros(clip.shape[:3], bool)
    scale = clip.shape[1] / 360
    for frame, mask in zip(damaged, masks, strict=True):
        if rng.random() > often:
            continue
        size = scale * np.exp(rng.uniform(*np.log(radius)))
        side = int(3 * size) + 4
        outline = noise(rng, side, size / 2)
        rows, columns = np.indices((side, side)) - (side - 1) / 2
        inside = np.clip(4 * (1 - np.hypot(rows, columns) / size + 0.3 * outline), 0, 1)
        mottled = np.clip(0.5 + 0.5 * noise(rng, side, scale * rng.uniform(*detail)), 0.05, 1)
        alpha = (inside * mottled * rng.uniform(0.4, 1)).astype(np.float32)
        _stamp(frame, mask, alpha, rng, 0.03)
    return damaged, masks


def noise(rng: np.random.Generator, side: int, detail: float) -> Array:
    """Gaussian noise (side, side) of deviation 1 with details of about this size."""
    smooth = cv2.GaussianBlur(rng.standard_normal((side, side)).astype(np.float32), (0, 0), detail)
    return np.asarray(smooth / max(float(smooth.std()), 1e-6))


def everything(clip: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Blotches, then local, then global flicker; with the blotches' mask (T, H, W) bool."""
    damaged, masks = blotches(clip, rng)
    return global_flicker(local_flicker(damaged, rng), rng), masks


def grain(clip: Array, rng: np.random.Generator, *, deviation: float = 2 / 255) -> Array:
    """The clip with Gaussian grain, which film has over everything: added last."""
    noise = rng.standard_normal(clip.shape[:3], np.float32)[..., None]
    return clip + np.float32(deviation) * noise


def as_bytes(clip: Array) -> Array:
    """The clip rounded and clipped to uint8."""
    return np.clip(np.round(clip * 255), 0, 255).astype(np.uint8)
