# SPDX-License-Identifier: Apache-2.0
"""From a clip's pixels to the display-like scale that views are drawn on, and back."""

from __future__ import annotations

import numpy as np

from ..colour.encoding import Encoding, from_display, to_display
from ..colour.luma import SHOWN, luma_of
from ..frames import Array

#: The largest half: what is shown is kept within.
_LARGEST = np.float32(65504)


def as_display(pixels: Array, encoding: Encoding) -> Array:
    """Pixels of any depth as (h, w, 3) float32 on the display-like scale; NaN is black there."""
    values = np.nan_to_num(np.clip(pixels.astype(np.float32), -_LARGEST, _LARGEST))
    if pixels.dtype.kind == "u":
        values *= np.float32(1 / np.iinfo(pixels.dtype).max)
    colour = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values[..., :3]
    return to_display(colour, encoding).astype(np.float32)


def put_out(picture: Array, encoding: Encoding, out: Array) -> None:
    """Write (h, w, 3) display values to `out` in its depth and channels; alpha becomes 1."""
    values = from_display(picture, encoding)
    if out.shape[2] == 1:
        values = from_display(luma_of(picture, SHOWN), encoding)[..., None]
    if out.shape[2] == 4:
        values = np.concatenate([values, np.ones_like(values[..., :1])], axis=2)
    if out.dtype.kind == "u":
        high = np.iinfo(out.dtype).max
        values = np.clip(values, 0, 1) * high + 0.5
    elif out.dtype == np.float16:
        values = np.clip(values, -_LARGEST, _LARGEST)
    out[...] = values.astype(out.dtype)
