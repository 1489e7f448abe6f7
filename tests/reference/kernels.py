# SPDX-License-Identifier: Apache-2.0
"""The pixel loops of `evenlight._native` in NumPy, to read and to hold the compiled ones to.

Every function takes the arguments of the compiled one of its name, and gives the same bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evenlight.frames import Array

_LARGEST = np.float32(65504)  # the largest half


def apply_curves(
    pixels: Array,
    slopes: Array,
    offsets: Array,
    by_maximum: bool,
    out: Array,
    premultiplied: bool,
    mask: Array | None,
    invert_mask: bool,
    nodes: Array | None = None,
    first_pixel: int = 0,
    sensitivity: Array | None = None,
) -> None:
    """out = value * (slope * level + offset), slope and offset (pieces, C) taken by level.

    `nodes` (H, n) are factors, or exposure where `sensitivity` (2, pieces) is given.
    """
    channels = range(pixels.shape[2])
    value = _load(pixels)
    with np.errstate(all="ignore"):
        level = _levels(value, by_maximum, premultiplied)
        piece = _piece_of(level)
        applied = value * (slopes[piece, channels] * level + offsets[piece, channels])
        result = np.where(np.isfinite(value) & np.isfinite(level), applied, value)
        if nodes is not None:
            result = _laid(result, nodes, first_pixel, sensitivity, premultiplied)
        if mask is not None:
            weight = (np.float32(1) - mask if invert_mask else mask)[..., None]
            mixed = value + weight * (result - value)
            result = np.where(weight < 1, mixed, result)
            result = np.where(weight > 0, result, value)
    out[...] = np.where(np.isfinite(value), _store(result, pixels.dtype), pixels)


def _laid(
    value: Array, nodes: Array, first_pixel: int, sensitivity: Array | None, premultiplied: bool
) -> Array:
    columns = first_pixel + np.arange(value.shape[1])
    node, share = columns // 4, (columns % 4).astype(np.float32) / np.float32(4)
    field = (nodes[:, node] + share * (nodes[:, node + 1] - nodes[:, node]))[..., None]
    colour, alpha = value[..., :3], value[..., 3:]
    if sensitivity is None:
        laid = np.where(np.isfinite(colour), colour * field, colour)
    else:
        divisor = alpha if premultiplied and alpha.size else np.float32(1)
        level = colour / divisor
        slope, offset = sensitivity[:, _piece_of(level)]
        moved = colour + (slope * level + offset) * field * divisor
        counted = np.isfinite(colour) & np.isfinite(level) & np.isfinite(divisor)
        laid = np.where(counted, moved, colour)
    return np.concatenate([laid, alpha], axis=2)


def average_cells(pixels: Array, height: int, width: int, premultiplied: bool) -> Array:
    """Means over a (height, width) grid of cells as RGB."""
    value = _load(pixels)
    colour = np.repeat(value, 3, axis=2) if value.shape[2] == 1 else value[..., :3]
    if premultiplied and value.shape[2] == 4:
        with np.errstate(all="ignore"):
            colour = colour / value[..., 3:]
    counted = np.isfinite(colour).all(axis=2, keepdims=True)
    colour = np.where(counted, np.clip(colour, -_LARGEST, _LARGEST), 0).astype(np.float64)
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width

    def add(plane: Array) -> Array:
        return np.add.reduceat(np.add.reduceat(plane, columns, axis=1), rows, axis=0)

    return (add(colour) / np.maximum(add(counted.astype(np.float64)), 1)).astype(np.float32)


def _levels(value: Array, by_maximum: bool, premultiplied: bool) -> Array:
    """Values that the gains are read at: the value, or the largest of its pixel, over alpha."""
    channels = value.shape[2]
    level = value
    if by_maximum and channels >= 3:
        largest = np.where(value[..., 0] < value[..., 1], value[..., 1], value[..., 0])
        largest = np.where(largest < value[..., 2], value[..., 2], largest)
        level = np.repeat(largest[..., None], channels, axis=2)
    return level / value[..., 3:] if premultiplied and channels == 4 else level


def _piece_of(level: Array) -> Array:
    """Which piece of a curve a level falls in: exponent and four bits of mantissa."""
    bits = np.ascontiguousarray(level).view(np.int32) >> 19
    return np.clip(bits - ((127 - 14) * 16 - 1), 0, 22 * 16 + 1)


def _load(pixels: Array) -> Array:
    if pixels.dtype.kind == "u":
        return pixels.astype(np.float32) * np.float32(1 / np.iinfo(pixels.dtype).max)
    return pixels.astype(np.float32)


def _store(value: Array, dtype: np.dtype[Any]) -> Array:
    if dtype.kind == "u":
        high = np.float32(np.iinfo(dtype).max)
        return (np.clip(value, 0, 1) * high + np.float32(0.5)).astype(dtype)
    if dtype == np.float16:
        return np.clip(value, -_LARGEST, _LARGEST).astype(dtype)
    return value
