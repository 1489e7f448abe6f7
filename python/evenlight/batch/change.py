# SPDX-License-Identifier: Apache-2.0
"""Changes of single frames, measured while they pass, at a small share of a render's time."""

from __future__ import annotations

import numpy as np

from ..colour.encoding import Encoding, resolve, to_display
from ..colour.luma import MEASURED
from ..frames import Array, Change
from ..kernels.pixels import average_cells

#: Rows that are looked at, at least, and cells that brightness is averaged over.
_ROWS, _CELLS = 180, (45, 80)


def change_of(before: Array, after: Array, encoding: str, *, premultiplied: bool) -> Change:
    """The change from one frame (H, W, C) to another of its shape and depth."""
    step = max(1, before.shape[0] // _ROWS)
    rows = slice(step // 2, None, step)
    light = [_light(each[rows], encoding, premultiplied) for each in (before, after)]
    if before is after:
        return Change(light[0], light[1], 0.0)
    touched = float((before[rows] != after[rows]).any(2).mean())
    if touched == 0 and not np.array_equal(before, after):
        touched = 1 / (before.shape[0] * before.shape[1])  # a little, between the rows
    return Change(light[0], light[1], touched)


def _light(rows: Array, encoding: str, premultiplied: bool) -> float:
    """Mean brightness as a screen shows it, levels of 255."""
    cells = average_cells(rows, _CELLS, premultiplied)
    shown = np.clip(to_display(cells, resolve(Encoding.AUTO, encoding)), 0, 1)
    return 255 * float((shown * np.array(MEASURED)).sum(axis=2).mean())
