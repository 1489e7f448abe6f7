# SPDX-License-Identifier: Apache-2.0
"""What the neighbours of a frame say of its levels: the compiled loop and its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import _native
from ..frames import Array
from .motion import MATCH
from .proxy import EPSILON, Proxy
from .window import Neighbour, Window

#: Display values at which a tone curve is held, 8 to an octave.
LEVELS: Array = np.exp2(np.arange(-6.5, 4.01, 0.125))
#: Share of matched cells below which a frame says nothing about the current one.
LEAST_MATCHED = 0.15
#: Levels at which two histograms are compared, and the display value below which ratios are noise.
QUANTILES, FLOOR = 48, 3 / 255


@dataclass(frozen=True, slots=True)
class Pair:
    """What a neighbour says: how the current frame's levels look there."""

    offset: int
    confidence: float  # share of matched cells
    gains: Array  # (3, len(LEVELS)): value there over value here
    change: float  # stops, median over levels and channels


def compare(window: Window) -> list[Pair]:
    """What each neighbour says of the current frame, where enough of it is found there.

    Flow is chained from frame to frame outwards, so that a wide window costs no more flow than a
    narrow one.
    """
    sides = _native.follow_sides(
        window.centre.structure,
        window.centre.colour,
        _steps(window.before),
        _steps(window.after),
        match=float(MATCH),
        floor=FLOOR,
        epsilon=float(EPSILON),
        quantiles=QUANTILES,
        least_matched=LEAST_MATCHED,
        levels=LEVELS.tolist(),
    )
    return [
        Pair(neighbour.offset, float(confidence), gains, float(change))
        for side, said in zip((window.before, window.after), sides, strict=True)
        for neighbour, confidence, gains, change in zip(side, *said, strict=True)
        if confidence >= LEAST_MATCHED
    ]


def _steps(side: Sequence[Neighbour]) -> list[tuple[Array, Array, Array]]:
    return [_step(neighbour.proxy, neighbour) for neighbour in side]


def _step(proxy: Proxy, neighbour: Neighbour) -> tuple[Array, Array, Array]:
    link = neighbour.link
    return proxy.structure, proxy.colour, link.forward if neighbour.offset > 0 else link.backward
