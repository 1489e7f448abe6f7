# SPDX-License-Identifier: Apache-2.0
"""Windows of the plane that images cover, and pixels moved from one into another."""

from __future__ import annotations

import numpy as np

from ..frames import Array

#: Left, top, width and height.
Window = tuple[int, int, int, int]


def placed(pixels: Array, own: Window, wanted: Window) -> Array:
    """Pixels (H, W, C) of the window `own` in the window `wanted`, zero beyond their own."""
    if own == wanted:
        return np.ascontiguousarray(pixels)
    out = np.zeros((wanted[3], wanted[2], pixels.shape[2]), pixels.dtype)
    put(pixels, own, out, wanted)
    return out


def put(pixels: Array, own: Window, out: Array, into: Window) -> None:
    """Write pixels of the window `own` over those of `out`, of the window `into`, that they share.

    Both are (H, W) or (H, W, C).
    """
    left, top = max(own[0], into[0]), max(own[1], into[1])
    right = min(own[0] + own[2], into[0] + into[2])
    bottom = min(own[1] + own[3], into[1] + into[3])
    if left < right and top < bottom:
        ours = pixels[top - own[1] : bottom - own[1], left - own[0] : right - own[0]]
        out[top - into[1] : bottom - into[1], left - into[0] : right - into[0]] = ours
