# SPDX-License-Identifier: Apache-2.0
"""Metrics of nearness to the truth and of steadiness. Clips are (T, H, W, 3) uint8.

Brightness is luma Y = 0.299 R + 0.587 G + 0.114 B; levels are those of 8 bits.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from ..colour.luma import MEASURED
from ..frames import Array

_LUMA = np.array(MEASURED)
#: dB at which PSNR is cut off; a frame that comes back bit-identical counts as this.
CAP = 60.0


def luma(clip: Array) -> Array:
    """Y of a clip or a frame, (..., H, W) float32 in levels."""
    return clip.astype(np.float32) @ _LUMA


def psnr_frames(clip: Array, clean: Array, mask: Array | None = None) -> Array:
    """PSNR-Y of each frame (T,) in dB, inside `mask` (T, H, W) where one is given."""
    values = np.empty(len(clip))
    for t, (frame, truth) in enumerate(zip(clip, clean, strict=True)):
        square = (luma(frame) - luma(truth)) ** 2
        error = square.mean() if mask is None else square[mask[t]].mean() if mask[t].any() else 0
        values[t] = 10 * np.log10(255.0**2 / max(float(error), 1e-9))
    return np.minimum(CAP, values)


def brightness(clip: Array) -> Array:
    """Mean luma of each frame (T,) in levels."""
    return np.array([luma(frame).mean() for frame in clip])


def step(clip: Array, clean: Array) -> float:
    """Mean of |change of brightness from frame to frame, less the clean clip's|, in levels."""
    return float(np.abs(np.diff(brightness(clip)) - np.diff(brightness(clean))).mean())


def jitter(levels: Array) -> float:
    """Flicker of a clip whose truth nobody knows: the median of |second difference| of log2
    brightness (T,), over sqrt(6), in stops. Fades have none, and a few cuts do not count.
    """
    bends = np.diff(np.log2(np.maximum(levels, 1.0)), 2)
    return float(np.median(np.abs(bends)) * 1.4826 / np.sqrt(6)) if len(bends) else 0.0


class CleanMotion:
    """Motion of the clean clip: place of each pixel one frame before.

    Flow is DIS (medium); a pixel counts where forward and backward flow agree: where
    |f + b|^2 <= 0.01 (|f|^2 + |b|^2) + 0.5 (Sundaram 2010), and its place lies inside the frame.
    """

    def __init__(self, clean: Array) -> None:
        dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in clean]
        self._maps = [follow(dis, now, last) for last, now in pairwise(grey)]

    def warp_error(self, clip: Array) -> float:
        """Mean |frame - the one before, warped| over what both see, in levels."""
        errors = []
        last = luma(clip[0])
        for (place, seen), frame in zip(self._maps, clip[1:], strict=True):
            now = luma(frame)
            warped = warp(last, place)
            if seen.any():  # nothing is seen twice across a cut
                errors.append(np.abs(now - warped)[seen].mean())
            last = now
        return float(np.mean(errors))


def follow(dis: cv2.DISOpticalFlow, now: Array, last: Array) -> tuple[Array, Array]:
    """Place (H, W, 2) in `last` of the pixels of `now`, both uint8, and where flows agree."""
    back: Array = dis.calc(now, last, None)  # type: ignore[call-overload]
    forth: Array = dis.calc(last, now, None)  # type: ignore[call-overload]
    rows, columns = np.indices(now.shape, dtype=np.float32)
    place = np.stack([columns, rows], axis=-1) + back
    returned = warp(forth, place)
    limits = np.array([now.shape[1] - 1, now.shape[0] - 1], np.float32)
    inside = ((place >= 0) & (place <= limits)).all(axis=-1)
    lengths = (back**2).sum(-1) + (returned**2).sum(-1)
    return place, inside & (((back + returned) ** 2).sum(-1) <= 0.01 * lengths + 0.5)


def warp(picture: Array, place: Array) -> Array:
    """`picture` sampled at places (H, W, 2), column first."""
    return cv2.remap(picture, place[..., 0], place[..., 1], cv2.INTER_LINEAR)
