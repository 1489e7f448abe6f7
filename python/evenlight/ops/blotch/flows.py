# SPDX-License-Identifier: Apache-2.0
"""Dense flow between pictures as they are looked at, blind to flicker, and what is done with it.

It is found, bridged and checked at half their size, and enlarged where pixels are moved.
"""

from __future__ import annotations

import threading

import cv2
import numpy as np

from ...frames import Array
from ..motion import warp
from ..shift import start
from .look import structure

_local = threading.local()
#: Sides of the half-size picture below which nothing is followed.
_SMALLEST_SIDE = 24


def flow(first: Array, second: Array) -> Array:
    """Dense flow (h/2, w/2, 2) between luma pictures (h, w), in pixels of their half, by DIS."""
    one, other = structure(first), structure(second)
    if min(one.shape) < _SMALLEST_SIDE:
        return np.zeros((*one.shape, 2), np.float32)
    if not hasattr(_local, "dis"):
        _local.dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    field: Array = _local.dis.calc(one, other, start(one, other))
    return field


def enlarged(field: Array, shape: tuple[int, ...]) -> Array:
    """A flow (h, w, 2) at the size of a picture of `shape`, in its pixels."""
    height, width = shape[:2]
    longer = field * np.array([width / field.shape[1], height / field.shape[0]], np.float32)
    return cv2.resize(longer, (width, height), interpolation=cv2.INTER_LINEAR)


def inconsistency(forth: Array, back: Array) -> Array:
    """|forward + backward flow where it leads| in pixels (h, w): large where none matches."""
    returned = forth + warp(back, forth)
    return np.asarray(cv2.magnitude(returned[..., 0], returned[..., 1]))


def through_middle(across: Array) -> tuple[Array, Array]:
    """Flows (h, w, 2) from the frame between two others to either, motion taken for even.

    `across` is the flow from the first of them to the second, at the places of the first.
    """
    half = np.float32(0.5) * across
    for _ in range(3):
        half = np.float32(0.5) * warp(across, -half)
    return -half, half


def bridged(field: Array, holes: Array) -> Array:
    """`field` (h, w, c) float32, smoothly continued into `holes` (h, w) bool from around them."""
    if not holes.any() or holes.all():
        return field
    known = (~holes).astype(np.float32)
    filled = _pushed(field * known[..., None], known)
    return np.where(holes[..., None], filled, field)


def _pushed(sums: Array, weights: Array) -> Array:
    """Means over ever larger neighbourhoods, where smaller ones hold nothing."""
    here = sums / np.maximum(weights, 1e-6)[..., None]
    if min(weights.shape) <= 2 or weights.min() > 0.999:
        return here
    size = (weights.shape[1] + 1) // 2, (weights.shape[0] + 1) // 2
    coarse = _pushed(
        cv2.resize(sums, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1),
        cv2.resize(weights, size, interpolation=cv2.INTER_AREA),
    )
    up = cv2.resize(coarse, weights.shape[::-1], interpolation=cv2.INTER_LINEAR)
    share = np.minimum(weights, 1)[..., None]
    return np.asarray(share * here + (1 - share) * up.reshape(here.shape), np.float32)
