# SPDX-License-Identifier: Apache-2.0
"""The one shift that brings most of a picture onto another: where dense flow starts from.

Dense flow climbs from coarse to fine pictures, and pictures that are blind to flicker hold nothing
coarse: without a start it loses a fast pan.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import opencv

#: Longest side of the pictures that are compared, in pixels.
_LONGEST_SIDE = 160
#: Share of the difference that must be left at most: a part of a picture is chance evidence.
_BETTER = 0.95
#: What stands for grey in pictures that flow is estimated on.
_GREY = np.float32(128)


def start(first: Array, second: Array) -> Array:
    """Flow (h, w, 2) float32 from one picture (h, w) uint8 to another, the same everywhere.

    By phase correlation (Kuglin and Hines); zero where the pictures lie no better on each other
    when shifted.
    """
    height, width = first.shape
    step = max(1, max(height, width) // _LONGEST_SIDE)
    one, other = (_small(picture, step) for picture in (first, second))
    (across, down), _ = opencv.phaseCorrelate(one, other, _window(one.shape))
    columns, rows = round(across), round(down)
    moved = np.zeros((height, width, 2), np.float32)
    if _distance(one, other, columns, rows) < _BETTER * _distance(one, other, 0, 0):
        moved[...] = across * width / one.shape[1], down * height / one.shape[0]
    return moved


def _small(picture: Array, step: int) -> Array:
    size = max(1, picture.shape[1] // step), max(1, picture.shape[0] // step)
    return opencv.resize(picture, size, interpolation=opencv.INTER_AREA).astype(np.float32) - _GREY


def _window(shape: tuple[int, int]) -> Array:
    return opencv.createHanningWindow(shape[::-1], opencv.CV_32F)


def _distance(first: Array, second: Array, columns: int, rows: int) -> float:
    """Mean absolute difference where the pictures overlap, the second shifted back."""
    height, width = first.shape
    if abs(columns) >= width or abs(rows) >= height:
        return np.inf
    here = first[max(0, -rows) : height - max(0, rows), max(0, -columns) : width - max(0, columns)]
    there = second[max(0, rows) : height + min(0, rows), max(0, columns) : width + min(0, columns)]
    return float(np.abs(here - there).mean())
