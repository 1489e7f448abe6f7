# SPDX-License-Identifier: Apache-2.0
"""From a clip's pixels to the display-like scale that views are drawn on, and back."""

from __future__ import annotations

import numpy as np

from ..colour.encoding import Encoding, from_display, resolve, to_display
from ..colour.luma import SHOWN, luma_of
from ..frames import Array
from ..kernels.depth import LARGEST_HALF, as_float, as_stored


def as_display(pixels: Array, encoding: Encoding) -> Array:
    """Pixels of any depth as (h, w, 3) float32 on the display-like scale; NaN is black there."""
    values = np.nan_to_num(np.clip(as_float(pixels), -LARGEST_HALF, LARGEST_HALF))
    colour = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values[..., :3]
    return to_display(colour, encoding).astype(np.float32)


def shown(pixels: Array, encoding: str) -> Array:
    """Pixels of any depth as (H, W, 3) uint8, as a screen shows them."""
    kind = resolve(Encoding.AUTO, encoding)
    if pixels.dtype.kind != "u":
        return _levels(as_display(pixels, kind))
    # Each value of a channel is shown alike, so that few are computed.
    values = np.arange(np.iinfo(pixels.dtype).max + 1).astype(pixels.dtype)
    table = _levels(as_display(values[:, None, None], kind))[:, 0, 0]
    colour = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[..., :3]
    return np.asarray(table[colour])


def _levels(display: Array) -> Array:
    return np.round(np.clip(display, 0, 1) * 255).astype(np.uint8)


def put_out(picture: Array, encoding: Encoding, out: Array) -> None:
    """Write (h, w, 3) display values to `out` in its depth and channels; alpha becomes 1."""
    values = from_display(picture, encoding)
    if out.shape[2] == 1:
        values = from_display(luma_of(picture, SHOWN), encoding)[..., None]
    if out.shape[2] == 4:
        values = np.concatenate([values, np.ones_like(values[..., :1])], axis=2)
    out[...] = as_stored(values, out.dtype)
