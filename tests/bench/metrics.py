# SPDX-License-Identifier: Apache-2.0
"""What the benchmark measures; clips are (T, H, W, 3) uint8."""

from __future__ import annotations

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from evenlight.frames import Array

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
CAP = 60.0  # dB; a frame that comes back bit-identical counts as this


def luma(clip: Array) -> Array:
    """(..., H, W) float32 in 8-bit levels."""
    return clip.astype(np.float32) @ LUMA


def psnr_frames(clip: Array, clean: Array, mask: Array | None = None) -> Array:
    """PSNR of luma for each frame in dB, inside `mask` (T, H, W) where one is given."""
    square = (luma(clip) - luma(clean)) ** 2
    if mask is None:
        error = square.mean(axis=(1, 2))
    else:
        error = (square * mask).sum(axis=(1, 2)) / np.maximum(mask.sum(axis=(1, 2)), 1)
    return np.minimum(CAP, 10 * np.log10(255.0**2 / np.maximum(error, 1e-9)))


def ssim(clip: Array, clean: Array, every: int = 4) -> float:
    """Mean SSIM of luma over every `every`-th frame."""
    pairs = zip(luma(clip[::every]), luma(clean[::every]), strict=True)
    return float(np.mean([structural_similarity(a, b, data_range=255.0) for a, b in pairs]))


def step(clip: Array, clean: Array) -> float:
    """Mean of |change of mean luma from frame to frame, less the clean clip's|, in levels."""
    means, truth = luma(clip).mean(axis=(1, 2)), luma(clean).mean(axis=(1, 2))
    return float(np.abs(np.diff(means) - np.diff(truth)).mean())


class CleanMotion:
    """Flow of the clean clip (DIS medium) from each frame to the one before, and what it sees."""

    def __init__(self, clean: Array) -> None:
        dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in clean]
        self._maps = [self._follow(dis, now, last) for last, now in zip(grey, grey[1:], strict=False)]

    @staticmethod
    def _follow(dis: cv2.DISOpticalFlow, now: Array, last: Array) -> tuple[Array, Array]:
        back, forth = dis.calc(now, last, None), dis.calc(last, now, None)
        rows, columns = np.indices(now.shape, dtype=np.float32)
        place = np.stack([columns, rows], axis=-1) + back
        returned = cv2.remap(forth, place, None, cv2.INTER_LINEAR)
        inside = (
            (place >= 0).all(axis=-1)
            & (place[..., 0] <= now.shape[1] - 1)
            & (place[..., 1] <= now.shape[0] - 1)
        )
        lost = ((back + returned) ** 2).sum(-1) > 0.01 * (
            (back**2).sum(-1) + (returned**2).sum(-1)
        ) + 0.5
        return place, inside & ~lost

    def warp_error(self, clip: Array) -> float:
        """Mean |frame - the one before, warped| over what both see, in levels."""
        errors = []
        for (place, seen), last, now in zip(self._maps, clip, clip[1:], strict=False):
            warped = cv2.remap(luma(last), place, None, cv2.INTER_LINEAR)
            errors.append(np.abs(luma(now) - warped)[seen].mean())
        return float(np.mean(errors))


def seam(joined: Array, whole: Array, at: int) -> tuple[int, float]:
    """Frames that differ between chunks and one run, and the extra step at the seam in levels."""
    differ = int((joined != whole).any(axis=(1, 2, 3)).sum())
    a, b = luma(joined).mean(axis=(1, 2)), luma(whole).mean(axis=(1, 2))
    return differ, float(abs((a[at] - a[at - 1]) - (b[at] - b[at - 1])))
