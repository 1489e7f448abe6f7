# SPDX-License-Identifier: Apache-2.0
"""Half-transparent dirt: what shows through it is given back to the fill."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from .blend import grey

#: Pixels of a blotch, and deviation of the fill under it, that a fit needs.
_LEAST_BODY, _LEAST_SPREAD = 30, 0.02
#: Shares that shine through: below the first nothing does, above the second there is no dirt.
_SHINES = 0.35, 0.95
#: Share of the fitted deviation that may be left.
_LEFT = 0.25


def seen_through(fill: Array, here: Array, matte: Array) -> Array:
    """Fill with what shows through half-transparent dirt: here = (1 - a) clean + a dirt.

    The fill stands for what is clean while 1 - a and a * dirt are fitted to the blotch.
    """
    body = matte >= 1
    if body.sum() < _LEAST_BODY:
        return fill
    x, y = grey(fill)[body], grey(here)[body]
    spread = float(x.std())
    if spread < _LEAST_SPREAD:
        return fill
    centred = x - x.mean()
    slope = float((centred * (y - y.mean())).sum() / np.square(centred).sum())
    left = float((y - y.mean() - slope * centred).std())
    if not _SHINES[0] < slope < _SHINES[1] or left > _LEFT * spread * slope:
        return fill
    offset = float(y.mean() - slope * x.mean())
    seen = (here - np.float32(offset)) / np.float32(slope)
    share = np.float32(slope * slope)
    return np.asarray(share * seen + (1 - share) * fill, np.float32)
