# SPDX-License-Identifier: Apache-2.0
"""Depths of pixels: how stored values of each type stand for 0..1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..frames import Array

#: The largest finite half; values that are made are kept within.
LARGEST_HALF = np.float32(65504)


def is_integer(depth: np.dtype[Any]) -> bool:
    """Whether stored values are whole numbers, which stop at 0 and at white."""
    return depth.kind == "u"


def white(depth: np.dtype[Any]) -> int:
    """The stored value of white."""
    return int(np.iinfo(depth).max) if is_integer(depth) else 1


def as_float(pixels: Array) -> Array:
    """Stored values of any shape as float32, white as 1."""
    values = pixels.astype(np.float32)
    return values / np.float32(white(pixels.dtype)) if is_integer(pixels.dtype) else values


def as_stored(values: Array, depth: np.dtype[Any]) -> Array:
    """The inverse of `as_float`: whole numbers are clamped and rounded, halves stay finite."""
    if is_integer(depth):
        whole = np.clip(values, 0, 1) * np.float32(white(depth)) + np.float32(0.5)
        return whole.astype(depth)
    if depth == np.float16:
        values = np.clip(values, -LARGEST_HALF, LARGEST_HALF)
    return values.astype(depth)
