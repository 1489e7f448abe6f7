# SPDX-License-Identifier: Apache-2.0
"""Metrics of the benchmark alone: SSIM, detection, texture. Clips are (T, H, W, 3) uint8."""

from __future__ import annotations

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from evenlight.evaluation.metrics import brightness, luma
from evenlight.frames import Array


def ssim(clip: Array, clean: Array, every: int = 4) -> float:
    """Mean SSIM of luma (Wang 2004) over every `every`-th frame."""
    pairs = zip(luma(clip[::every]), luma(clean[::every]), strict=True)
    return float(np.mean([structural_similarity(a, b, data_range=255.0) for a, b in pairs]))


def strayed(clip: Array, wanted: Array) -> float:
    """Largest |difference of brightness| of any frame, in levels: what became of a fade."""
    return float(np.abs(brightness(clip) - brightness(wanted)).max())


def light_error(clip: Array, clean: Array) -> Array:
    """Light of each frame (T,) in stops over the clean clip's, less its mean over the clip.

    The median of log2 ratios over pixels of 25 to 235 levels in both.
    """
    errors = np.zeros(len(clip))
    for t, (frame, truth) in enumerate(zip(clip, clean, strict=True)):
        ours, true = luma(frame), luma(truth)
        counted = (np.minimum(ours, true) >= 25) & (np.maximum(ours, true) <= 235)
        errors[t] = np.median(np.log2(ours[counted] / true[counted])) if counted.any() else 0
    return errors - errors.mean()


def seam(joined: Array, whole: Array, at: int) -> tuple[int, float]:
    """Frames that differ between chunks and one run, and the extra step at the seam in levels."""
    differ = int((joined != whole).any(axis=(1, 2, 3)).sum())
    a, b = brightness(joined[at - 1 : at + 1]), brightness(whole[at - 1 : at + 1])
    return differ, float(abs((a[1] - a[0]) - (b[1] - b[0])))


#: Levels of luma from which a pixel counts as damaged, or as touched.
SEEN = 4


def detected(out: Array, damaged: Array, clean: Array) -> float:
    """F1 of the pixels that a method changed against those that are visibly damaged."""
    hits = changed = wanted = 0
    for after, before, truth in zip(out, damaged, clean, strict=True):
        touched = np.abs(luma(after) - luma(before)) >= SEEN
        bad = np.abs(luma(before) - luma(truth)) >= SEEN
        hits += int((touched & bad).sum())
        changed += int(touched.sum())
        wanted += int(bad.sum())
    return 2 * hits / max(changed + wanted, 1)


def touched(out: Array, clean: Array) -> float:
    """Share of the pixels of a clean clip that a method visibly changed."""
    pairs = zip(out, clean, strict=True)
    return float(np.mean([(np.abs(luma(a) - luma(b)) >= SEEN).mean() for a, b in pairs]))


def texture(clip: Array, clean: Array, every: int = 8) -> tuple[float, float]:
    """Sharpness and grain left: energy of fine detail over the clean clip's, 1 is all of it.

    Fine detail is Y less its Gaussian (1 px). Edges are the quarter of the pixels where the
    clean clip's smooth gradient is steepest, flat parts the quarter where it is least. Detail is
    divided by the local brightness, so that a frame that is only too dark does not count as soft.
    """
    left = np.zeros((2, 2))
    for frame, truth in zip(luma(clip[::every]), luma(clean[::every]), strict=True):
        smooth = cv2.GaussianBlur(truth, (0, 0), 2.0)
        steepness = np.hypot(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1))
        low, high = np.quantile(steepness, (0.25, 0.75))
        for i, picture in enumerate((frame, truth)):
            even = cv2.GaussianBlur(picture, (0, 0), 1.0)
            detail = ((picture - even) / (even + 16)) ** 2
            left[i] += detail[steepness >= high].mean(), detail[steepness <= low].mean()
    sharpness, grain = np.sqrt(left[0] / np.maximum(left[1], 1e-12))
    return float(sharpness), float(grain)
