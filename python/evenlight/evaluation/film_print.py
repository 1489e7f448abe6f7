# SPDX-License-Identifier: Apache-2.0
"""Print, gate, light and code, as they act on every frame of a film.

Pure functions of a clip of lumas (T, H, W) float32 on a display scale and a random generator;
lengths are in pixels of a frame 360 high and grow with it.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..frames import Array


def printed(clip: Array, rng: np.random.Generator) -> Array:
    """A print of other gamma and contrast, clipped in its shadows and lights."""
    low, high = rng.uniform(-0.1, 0.15), rng.uniform(0.75, 1.15)
    toned = np.power(np.maximum(clip, 0), np.float32(np.exp(rng.uniform(-0.5, 0.5))))
    floor, ceiling = rng.uniform(0, 0.12), rng.uniform(0.85, 1)
    stretched = np.clip((toned - low) / (high - low), 0, 1)
    return (floor + (ceiling - floor) * stretched).astype(np.float32)


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


def bordered(clip: Array, rng: np.random.Generator) -> Array:
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


def coded(clip: Array, quality: int) -> Array:
    """The clip after a lossy code, frame by frame."""
    out = np.empty_like(clip)
    for t, frame in enumerate(clip):
        levels = np.clip(np.round(frame * 255), 0, 255).astype(np.uint8)
        _, code = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out[t] = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)) / np.float32(255)
    return out
