# SPDX-License-Identifier: Apache-2.0
"""One frame before and after: its light, what was touched, and the repairs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from ..frames import Array

#: Levels of 255 by which a place must differ, beyond the smooth change of light, to be a repair.
_REPAIRED = 8.0
#: Smaller places are grain, pixels of the compared picture.
_LEAST = 6
#: Side of the cells over which light changes smoothly, pixels; a repair is smaller than five.
_CELL = 16
_AROUND = np.ones((5, 5), np.uint8)


class Size(StrEnum):
    """Sizes of repairs, by their pixels: below 40, up to 600, above."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @classmethod
    def of(cls, area: int) -> Size:
        """Size of a repair of so many pixels."""
        return cls.SMALL if area < 40 else cls.MEDIUM if area <= 600 else cls.LARGE


@dataclass(frozen=True, slots=True)
class Repair:
    """A place that changed by more than the light around it."""

    box: tuple[int, int, int, int]  # x, y of the left upper pixel, width, height; frame's pixels
    area: int  # pixels
    weight: float  # by which the strongest comes first: pixels times their mean change in levels

    @property
    def size(self) -> Size:
        """Small, medium or large."""
        return Size.of(self.area)


@dataclass(frozen=True, slots=True)
class Difference:
    """Light of one frame before and after, and its repairs."""

    before: float  # mean brightness, levels of 255
    after: float
    touched: float  # share of the pixels of which any value changed, 0..1
    repairs: tuple[Repair, ...]

    @property
    def repaired(self) -> int:
        """Pixels of all repairs."""
        return sum(repair.area for repair in self.repairs)


def difference(before: Array, after: Array, touched: float) -> Difference:
    """Changes between two pictures (H, W, 3) uint8 as a screen shows them.

    The smooth change of light is the median over neighbouring cells of the ratio of their means; a
    repair is a connected place that differs by more than that.
    """
    light = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, after)]
    means = float(light[0].mean()), float(light[1].mean())
    if touched == 0:
        return Difference(*means, 0.0, ())
    return Difference(*means, touched, _repairs(light[0], light[1]))


def _repairs(before: Array, after: Array) -> tuple[Repair, ...]:
    height, width = before.shape
    step = max(1, width // 960)  # wide pictures are compared at a fraction of their size
    size = max(1, width // step), max(1, height // step)
    small = [
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for picture in (before, after)
    ]
    rest = small[1] - small[0] * _light(small[0], small[1])
    mask = (np.abs(rest) > _REPAIRED).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _AROUND)
    count, labels, table, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in table[label])
        if area < _LEAST:
            continue
        inside = labels[y : y + h, x : x + w] == label
        change = float(np.abs(rest[y : y + h, x : x + w][inside]).mean())
        box = x * step, y * step, w * step, h * step
        pixels = area * step * step
        found.append(Repair(box, pixels, pixels * change))
    return tuple(found)


def _light(before: Array, after: Array) -> Array:
    """The smooth gain between two pictures (h, w) float32."""
    height, width = before.shape
    cells = max(1, width // _CELL), max(1, height // _CELL)
    means = [cv2.resize(p, cells, interpolation=cv2.INTER_AREA) for p in (before, after)]
    gain: Array = ((means[1] + 1) / (means[0] + 1)).astype(np.float32)
    gain = cv2.medianBlur(gain, 5) if min(gain.shape) >= 5 else np.full_like(gain, np.median(gain))
    return cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
