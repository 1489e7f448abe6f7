# SPDX-License-Identifier: Apache-2.0
"""Views of Deblotch and Restore: pictures of what was repaired."""

from __future__ import annotations

import numpy as np

from ..blotch.repair import Repair
from ..colour.encoding import Encoding
from ..frames import Array
from ..kernels.depth import as_stored
from . import pictures
from .canvas import Canvas
from .display import as_display, put_out

_RED = np.array([1.0, 0.1, 0.1], np.float32)


def draw(
    view: str,
    repair: Repair,
    pixels: Array,
    origin: tuple[int, int],
    encoding: Encoding,
    out: Array,
    *,
    is_relit: bool = False,
) -> None:
    """Replace the result in `out`, a window of the frame `pixels`, by a view of it.

    Where there is nothing to see the picture says so; `is_relit` where its light was changed too.
    """
    (row, column), (height, width) = origin, out.shape[:2]
    window = slice(row, row + height), slice(column, column + width)
    matte = repair.matte[window][..., None]
    before = as_display(pixels[window], encoding)
    canvas = Canvas(*pixels.shape[:2])
    if not repair.matte.any() and not (is_relit and view == "difference"):
        pictures.nothing(canvas, "no blotch is repaired in this frame")
    if view == "matte":
        picture = matte.repeat(3, axis=2)
    elif view == "overlay":
        grey = before.mean(axis=2, keepdims=True)
        picture = grey * (1 - matte) + matte * (0.35 * grey + 0.65 * _RED)
    else:
        pictures.difference_legend(canvas)
        picture = pictures.difference(before, as_display(out, encoding))
    put_out(canvas.over(picture.astype(np.float32), origin), encoding, out)


def put_alpha(repair: Repair, origin: tuple[int, int], out: Array) -> None:
    """Write the matte to the alpha of `out` (h, w, 4)."""
    (row, column), (height, width) = origin, out.shape[:2]
    matte = repair.matte[row : row + height, column : column + width]
    out[..., 3] = as_stored(matte, out.dtype)
