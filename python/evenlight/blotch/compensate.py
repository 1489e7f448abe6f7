# SPDX-License-Identifier: Apache-2.0
"""Motion compensation of a neighbour's full-size pixels into the box of a patch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding
from ..colour.tone import curves_of
from ..frames import Array
from ..kernels import opencv
from ..kernels.depth import as_float
from ..kernels.pixels import GainMap, apply_curves
from .box import Box
from .detect import BlotchNeighbour

#: Share of a blotch of the neighbour's own up to which its pixel is clean.
_CLEAN = 0.01
_HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patch lies: in the preview, and in the frame (H, W, C)."""

    small: Box
    full: Box
    scale: tuple[float, float]  # rows and columns of the frame for one of the preview
    frame: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A neighbour's frame, whose pixels may fill."""

    neighbour: BlotchNeighbour
    pixels: Array  # (H, W, C) of the whole frame, as stored
    premultiplied: bool
    gain_map: GainMap | None
    encoding: Encoding


def compensated(source: Source, place: Place) -> tuple[Array, Array]:
    """Pixels (h, w, C) float32 of a neighbour at a place, in the frame's light.

    And where they are clean (h, w) bool.
    """
    x, y = _leads(source, place)
    y0, x0 = int(y.min()), int(x.min())
    y1, x1 = min(int(y.max()) + 2, place.frame[0]), min(int(x.max()) + 2, place.frame[1])
    lit = np.empty((y1 - y0, x1 - x0, place.frame[2]), source.pixels.dtype)
    apply_curves(
        source.pixels,
        curves_of(source.neighbour.light.gains, source.encoding, by_maximum=False),
        lit,
        gain_map=source.gain_map,
        origin=(y0, x0),
        premultiplied=source.premultiplied,
    )
    values = np.nan_to_num(as_float(lit), posinf=0, neginf=0)
    sampled = opencv.remap(
        values, x - x0, y - y0, opencv.INTER_CUBIC, borderMode=opencv.BORDER_REPLICATE
    ).reshape(*place.full.shape, -1)
    dirty = opencv.remap(
        source.neighbour.dirty.astype(np.float32),
        (x + _HALF) / np.float32(place.scale[1]) - _HALF,
        (y + _HALF) / np.float32(place.scale[0]) - _HALF,
        opencv.INTER_LINEAR,
        borderMode=opencv.BORDER_REPLICATE,
    )
    return sampled, dirty < _CLEAN


def _leads(source: Source, place: Place) -> tuple[Array, Array]:
    """Column and row (h, w) of the neighbour's frame for each pixel of the patch."""
    height, width = place.full.shape
    field = source.neighbour.flow[place.small.part]
    field = opencv.resize(field, (width, height), interpolation=opencv.INTER_LINEAR)
    rows, columns = np.indices((height, width), dtype=np.float32)
    x = columns + place.full.left + field[..., 0] * np.float32(place.scale[1])
    y = rows + place.full.top + field[..., 1] * np.float32(place.scale[0])
    return np.clip(x, 0, place.frame[1] - 1), np.clip(y, 0, place.frame[0] - 1)
