# SPDX-License-Identifier: Apache-2.0
"""Pull and push in NumPy's additions and products, in the order of `evenlight._native`."""

from __future__ import annotations

import numpy as np

from evenlight.frames import Array

_WHOLE, _NOTHING = np.float32(0.999), np.float32(1e-6)
_QUARTER, _ONE = np.float32(0.25), np.float32(1)


def bridged(field: Array, holes: Array) -> Array:
    """A field (h, w, c) float32 continued into its holes (h, w) bool."""
    known = (~holes).astype(np.float32)
    sums = np.where(holes[..., None], np.float32(0), field)
    if _is_whole(known):
        return sums
    return np.where(holes[..., None], _twice(_means(*_halved(sums, known)), holes.shape), field)


def _means(sums: Array, weights: Array) -> Array:
    """Means of a level: its own as far as they are any, those of the coarser one beyond."""
    here = sums / np.maximum(weights, _NOTHING)[..., None]
    if _is_whole(weights):
        return here
    share = np.minimum(weights, _ONE)[..., None]
    coarser = _twice(_means(*_halved(sums, weights)), weights.shape)
    return np.asarray(share * here + (_ONE - share) * coarser)


def _is_whole(weights: Array) -> bool:
    return min(weights.shape) <= 2 or bool(weights.min() > _WHOLE)


def _halved(*pictures: Array) -> tuple[Array, ...]:
    """Means of two by two pixels, the last row and column repeated where they have no pair."""
    found = []
    for picture in pictures:
        height, width = picture.shape[:2]
        pad = [(0, height % 2), (0, width % 2), *[(0, 0)] * (picture.ndim - 2)]
        even = np.pad(picture, pad, mode="edge")
        above, below = even[::2], even[1::2]
        four = (above[:, ::2] + above[:, 1::2]) + (below[:, ::2] + below[:, 1::2])
        found.append(four * _QUARTER)
    return tuple(found)


def _twice(coarse: Array, shape: tuple[int, ...]) -> Array:
    """A picture (h, w, c) of two by two pixels for each, linearly between their middles."""
    (top, bottom, down), (left, right, across) = (
        _between(size, count) for size, count in zip(shape, coarse.shape, strict=False)
    )
    down, across = down[:, None, None], across[:, None]
    rows = [
        across * coarse[r][:, left] + (_ONE - across) * coarse[r][:, right] for r in (top, bottom)
    ]
    return np.asarray(down * rows[0] + (_ONE - down) * rows[1])


def _between(size: int, count: int) -> tuple[Array, Array, Array]:
    """The two coarser cells nearest to each place along an axis, and the share of the first."""
    place = np.arange(size)
    second = (place + 1) // 2
    share = np.where(place % 2 == 0, np.float32(0.25), np.float32(0.75))
    return np.maximum(second - 1, 0), np.minimum(second, count - 1), share.astype(np.float32)
