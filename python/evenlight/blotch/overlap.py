# SPDX-License-Identifier: Apache-2.0
"""Candidates that overlap: which of them stands, and the mask of those that do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..frames import Array
from .candidates import Candidate

#: Log odds from which a candidate is beyond doubt.
_BEYOND_DOUBT = 4.0


def apart(chosen: Sequence[Candidate], odds: Array) -> list[Candidate]:
    """Of candidates that overlap the likelier one, and of those that are beyond doubt the larger.

    `odds` (n,) are their log odds.
    """
    order = sorted(
        range(len(chosen)),
        key=lambda i: (min(float(odds[i]), _BEYOND_DOUBT), chosen[i].area),
        reverse=True,
    )
    kept: list[int] = []
    for i in order:
        if not any(_overlap(chosen[i], chosen[k]) for k in kept):
            kept.append(i)
    return [chosen[i] for i in sorted(kept)]


def _overlap(one: Candidate, other: Candidate) -> bool:
    shared = one.box.shared(other.box)
    if min(shared.shape) <= 0:
        return False
    first, second = (each.mask[shared.within(each.box).part] for each in (one, other))
    return bool((first & second).any())


def mask_of(blotches: Sequence[Candidate], shape: tuple[int, ...]) -> Array:
    """The pixels (h, w) of all of them."""
    mask = np.zeros(shape[:2], bool)
    for one in blotches:
        mask[one.box.part] |= one.mask
    return mask
