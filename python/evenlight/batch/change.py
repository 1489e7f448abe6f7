# SPDX-License-Identifier: Apache-2.0
"""Changes of single frames, measured while they pass, at a small share of a render's time."""

from __future__ import annotations

from functools import reduce

import cv2
import numpy as np

from ..colour.encoding import Encoding, resolve, to_display
from ..colour.luma import MEASURED
from ..frames import THUMBNAIL, Array, Change
from ..kernels.pixels import average_cells

#: Rows that are looked at, at least, and cells that brightness is averaged over.
_ROWS, _CELLS = 90, (45, 80)


def change_of(before: Array, after: Array, encoding: str, *, premultiplied: bool) -> Change:
    """The change from one frame (H, W, C) to another of its shape and depth."""
    step = max(1, before.shape[0] // _ROWS)
    rows = slice(step // 2, None, step)
    cells = _luma(before[rows], encoding, premultiplied)
    light, picture = _mean(cells), _small(cells)
    if before is after:
        return Change(light, light, 0.0, picture)
    differs = before[rows] != after[rows]
    touched = float(reduce(np.logical_or, np.moveaxis(differs, 2, 0)).mean())
    if touched == 0 and np.array_equal(before, after):
        return Change(light, light, 0.0, picture)
    least = 1 / (before.shape[0] * before.shape[1])  # where it was between the rows
    lit = _mean(_luma(after[rows], encoding, premultiplied))
    return Change(light, lit, max(touched, least), picture)


def _luma(rows: Array, encoding: str, premultiplied: bool) -> Array:
    """Brightness of cells (h, w) as a screen shows it, levels of 255."""
    cells = average_cells(rows, _CELLS, premultiplied)
    shown = np.clip(to_display(cells, resolve(Encoding.AUTO, encoding)), 0, 1)
    return np.asarray(255 * (shown * np.array(MEASURED)).sum(axis=2))


def _mean(cells: Array) -> float:
    return float(cells.mean())


def _small(cells: Array) -> bytes:
    """Cells as (18, 32) uint8."""
    small = cv2.resize(cells, THUMBNAIL[::-1], interpolation=cv2.INTER_AREA)
    return np.rint(small).astype(np.uint8).tobytes()
