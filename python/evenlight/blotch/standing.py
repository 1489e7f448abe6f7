# SPDX-License-Identifier: Apache-2.0
"""Stains that stand in the same place of both neighbours, however the scene moves: no blotches.

So do a film's dark borders, which motion that is followed takes out of the picture, and scratches.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from .candidates import Candidate

#: Share of a candidate's contrast within which a pixel is the same, and of its pixels that are.
_ALIKE, _MOST = 0.4, 0.6


def stands(one: Candidate, here: Array, beside: tuple[Array, Array]) -> bool:
    """Whether a candidate of `here` stands in both others; all (h, w) luma in one light."""
    part, limit = one.box.part, _ALIKE * one.contrast
    same = [np.abs(here[part] - other[part])[one.mask] < limit for other in beside]
    return bool((same[0] & same[1]).mean() > _MOST)
