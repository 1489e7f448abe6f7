# SPDX-License-Identifier: Apache-2.0
"""Dense flow between pictures as they are looked at, blind to flicker, and what is done with it."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from ...frames import Array
from ..motion import warp
from .look import structure

_local = threading.local()
#: Sides of the half-size picture below which nothing is followed.
_SMALLEST_SIDE = 24


def flow(first: Array, second: Array) -> Array:
    """Dense flow (h, w, 2) in pixels between luma pictures (h, w), by DIS at half size."""
    height, width = first.shape
    one, other = structure(first), structure(second)
    if min(one.shape) < _SMALLEST_SIDE:
        return np.zeros((height, width, 2), np.float32)
    if not hasattr(_local, "dis"):
        _local.dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    half = _local.dis.calc(one, other, None)
    field = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
    field *= np.array([width / half.shape[1], height / half.shape[0]], np.float32)
    return field


def inconsistency(forth: Array, back: Array) -> Array:
    """|forward + backward flow where it leads| in pixels (h, w): large where none matches."""
    returned = warp(back, forth)
    return np.hypot(forth[..., 0] + returned[..., 0], forth[..., 1] + returned[..., 1])


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


def warped(picture: Array, field: Array) -> Array:
    """`picture` where `field` points; its edge continued."""
    return warp(picture, field)
