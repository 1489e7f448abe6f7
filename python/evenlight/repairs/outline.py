# SPDX-License-Identifier: Apache-2.0
"""Outlines: rings of whole pixels around a mask, which give the very mask back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ..blotch.box import Box
from ..frames import Array
from ..kernels import opencv

#: Rings, each x, y, x, y ...
Outline: TypeAlias = Sequence[Sequence[int]]


def outline_of(mask: Array, corner: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    """Rings around the pixels of a mask (h, w) bool that lies at a row and a column of a frame."""
    found, _ = opencv.findContours(
        mask.astype(np.uint8), opencv.RETR_EXTERNAL, opencv.CHAIN_APPROX_SIMPLE
    )
    shift = np.array([corner[1], corner[0]])
    return tuple(tuple((ring[:, 0] + shift).ravel().tolist()) for ring in found)


def filled(
    outline: Outline, listed: tuple[int, int], shape: tuple[int, ...]
) -> tuple[Box, Array] | None:
    """All inside an outline of a frame of `listed` rows and columns, in a picture of `shape`.

    Its box and a mask (h, w) bool of that; every pixel that the outline touches is inside. None
    where nothing of it lies in the picture.
    """
    height, width = shape[0], shape[1]
    rings: list[Array] = [np.array(ring, np.int64).reshape(-1, 2) for ring in outline]
    if listed != (height, width):
        to, of = np.array([width, height]), np.array([listed[1], listed[0]])
        rings = [ring * to // of for ring in rings]
    points = np.concatenate(rings)
    left, top = np.maximum(points.min(axis=0), 0).tolist()
    right, bottom = np.minimum(points.max(axis=0) + 1, [width, height]).tolist()
    box = Box(top, left, bottom, right)
    if min(box.shape) <= 0:
        return None
    mask = np.zeros(box.shape, np.uint8)
    for ring in rings:
        opencv.fillPoly(mask, [(ring - [left, top]).astype(np.int32)], 1)
    return box, mask.astype(bool)
