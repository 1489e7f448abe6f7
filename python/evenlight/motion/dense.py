# SPDX-License-Identifier: Apache-2.0
"""Dense flow between pictures that are blind to flicker, and warping along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.luma import QUIET
from ..frames import Array
from ..kernels import elementwise, opencv
from .shift import start


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Settings of DIS (Kroeger et al., 2016) for pictures of one kind."""

    preset: int  # OpenCV's
    finest_scale: int  # halvings of the picture at which the search ends
    smallest_side: int  # pixels below which nothing is followed


#: For previews of a few thousand cells, and for pictures of half the size that blotches are
#: looked for in.
OF_CELLS = FlowSettings(opencv.DISOPTICAL_FLOW_PRESET_FAST, 0, 16)
OF_HALVES = FlowSettings(opencv.DISOPTICAL_FLOW_PRESET_MEDIUM, 1, 24)
#: Pixels over which the structure of a luma picture is normalised.
_NORMALISE = (21, 21)


def dense_flow(first: Array, second: Array, settings: FlowSettings) -> Array:
    """Flow (h, w, 2) float32 in pixels from one picture (h, w) uint8 to another, by DIS.

    Zero where the pictures are too small.
    """
    if min(first.shape) < settings.smallest_side:
        return np.zeros((*first.shape, 2), np.float32)
    return opencv.dis_flow(
        first, second, start(first, second), settings.preset, settings.finest_scale
    )


def luma_flow(first: Array, second: Array) -> Array:
    """Flow (h/2, w/2, 2) between luma pictures (h, w), in pixels of their half."""
    return structure_flow(structure_of(first), structure_of(second))


def structure_flow(first: Array, second: Array) -> Array:
    """Flow (h/2, w/2, 2) between the structures of two luma pictures."""
    return dense_flow(first, second, OF_HALVES)


def structure_of(luma: Array) -> Array:
    """Half-size log luma less its local mean over its local deviation (h/2, w/2) uint8."""
    half = max(1, luma.shape[1] // 2), max(1, luma.shape[0] // 2)
    small = opencv.resize(elementwise.log2(luma + QUIET), half, interpolation=opencv.INTER_AREA)
    mean = opencv.blur(small, _NORMALISE)
    square = opencv.blur(small * small, _NORMALISE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0) + np.float32(0.05 * 0.05))
    return np.clip((small - mean) / deviation * 40 + 128, 0, 255).astype(np.uint8)


def places(field: Array) -> Array:
    """Column and row (h, w, 2) float32 that each pixel of a flow (h, w, 2) leads to."""
    height, width = field.shape[:2]
    leads = np.empty_like(field)
    np.add(field[..., 0], np.arange(width, dtype=np.float32), out=leads[..., 0])
    np.add(field[..., 1], np.arange(height, dtype=np.float32)[:, None], out=leads[..., 1])
    return leads


def warp(picture: Array, field: Array) -> Array:
    """`picture` sampled where `field` points, linearly, its edge continued."""
    return opencv.remap(  # type: ignore[call-overload]
        picture, places(field), None, opencv.INTER_LINEAR, borderMode=opencv.BORDER_REPLICATE
    )


def enlarged(field: Array, shape: tuple[int, ...]) -> Array:
    """A flow (h, w, 2) at the size of a picture of `shape`, in its pixels."""
    height, width = shape[:2]
    longer = field * np.array([width / field.shape[1], height / field.shape[0]], np.float32)
    return opencv.resize(longer, (width, height), interpolation=opencv.INTER_LINEAR)


def inconsistency(forth: Array, back: Array) -> Array:
    """|forward + backward flow where it leads| in pixels (h, w): large where none matches."""
    returned = forth + warp(back, forth)
    return np.asarray(elementwise.hypot(returned[..., 0], returned[..., 1]))


def through_middle(across: Array) -> tuple[Array, Array]:
    """Flows (h, w, 2) from the frame between two others to either, motion taken for even.

    `across` is the flow from the first of them to the second, at the places of the first.
    """
    half = np.float32(0.5) * across
    for _ in range(3):
        half = np.float32(0.5) * warp(across, -half)
    return -half, half
