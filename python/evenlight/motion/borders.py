# SPDX-License-Identifier: Apache-2.0
"""Dark borders of a picture, as scans of film and letterboxes have: they do not flicker with it."""

from __future__ import annotations

import numpy as np

from ..colour.luma import luma_of
from ..frames import Array

#: Luma (display value) up to which a cell may belong to a border, and share of the median.
_DARK, _DARK_SHARE = 0.09, 0.4
#: How much brighter the picture begins, and share of the frame that a border takes at most.
_BRIGHTER, _DEEPEST = 2.0, 0.16
#: Share of the lines of one side that must end in a border for there to be any.
_LEAST_LINES = 0.5


def picture_cells(colour: Array) -> Array | None:
    """Cells (h, w) bool of the picture within its borders, of display colours (h, w, 3).

    None where there is no border. A border is dark, lies along a side, and ends where the picture
    begins at once: what darkens slowly, or is dark all the way, is picture.
    """
    luma = luma_of(colour)
    dark = luma < min(_DARK, _DARK_SHARE * float(np.median(luma)))
    border = np.zeros_like(dark)
    found = False
    for turns in range(4):
        runs = _ended_runs(np.rot90(dark, turns), np.rot90(luma, turns))
        found = found or bool((runs[0] & ~runs[-1]).mean() >= _LEAST_LINES)
        border |= np.rot90(runs, -turns)
    return ~_grown(border) if found else None


def continued(colour: Array, picture: Array) -> Array:
    """Colours (h, w, 3) of which the `picture` (h, w) bool is continued over its borders."""
    columns, has = _nearest(picture)
    filled = np.take_along_axis(colour, columns[..., None], axis=1)
    rows, _ = _nearest(has[None])
    return np.ascontiguousarray(filled[rows[0]])


def _ended_runs(dark: Array, luma: Array) -> Array:
    """Cells (h, w) bool of dark runs from the top that end within a border's depth."""
    height, width = dark.shape
    deepest, aside = (max(1, round(_DEEPEST * size)) for size in (height, width))
    runs = np.logical_and.accumulate(dark, axis=0)
    depth = runs.sum(axis=0)
    columns = np.arange(width)
    # The cell at the end of a run may hold a part of the border: the next one tells.
    after = luma[np.minimum(depth + 1, height - 1), columns]
    last = luma[np.maximum(depth - 1, 0), columns]
    ends = (depth > 0) & (depth <= deepest) & (after >= _BRIGHTER * last)
    # Beside the picture lines are dark all the way.
    beside = (depth == height) & ((columns < aside) | (columns >= width - aside))
    return np.asarray(runs & (ends | beside))


def _grown(border: Array) -> Array:
    """`border` and the cells beside it."""
    padded = np.pad(border, 1, mode="edge")
    beside = padded[2:, 1:-1] | padded[:-2, 1:-1] | padded[1:-1, 2:] | padded[1:-1, :-2]
    return np.asarray(border | beside)


def _nearest(picture: Array) -> tuple[Array, Array]:
    """Column (h, w) of the picture nearest to each cell, along its row; rows (h,) that hold any."""
    width = picture.shape[1]
    first = picture.argmax(axis=1)[:, None]
    last = width - 1 - picture[:, ::-1].argmax(axis=1)[:, None]
    return np.clip(np.arange(width), first, last), np.asarray(picture.any(axis=1))
