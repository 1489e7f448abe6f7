# SPDX-License-Identifier: Apache-2.0
"""Brightness over time as the points of an SVG polyline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Size of the drawing, in its own units.
WIDTH, HEIGHT = 1000, 220
#: Points that a curve has at most; of more frames every n-th extreme stays visible.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Curves:
    """Both curves and the cuts, in the drawing's units, y downwards."""

    before: str
    after: str
    cuts: tuple[float, ...]  # x
    low: float  # level of 255 at the foot
    high: float  # and at the top


def curves(
    before: Sequence[float], after: Sequence[float], first: int, cuts: Sequence[int]
) -> Curves:
    """The curves of levels of 255, one for each frame from number `first`."""
    both = [*before, *after]
    low, high = min(both), max(both)
    margin = max(2.0, 0.08 * (high - low))
    low, high = max(0.0, low - margin), min(255.0, high + margin)

    def x_of(index: float) -> float:
        return round(index / max(1, len(before) - 1) * WIDTH, 1)

    def points(levels: Sequence[float]) -> str:
        return " ".join(
            f"{x_of(index)},{(high - levels[index]) / (high - low) * HEIGHT:.1f}"
            for index in _indices(levels)
        )

    places = tuple(x_of(cut - first - 0.5) for cut in cuts)
    return Curves(points(before), points(after), places, low, high)


def _indices(levels: Sequence[float]) -> list[int]:
    """Indices to draw: all, or the lowest and the highest of each run."""
    run = -(-2 * len(levels) // _MOST)
    if run <= 2:
        return list(range(len(levels)))
    kept = {0, len(levels) - 1}
    for begin in range(0, len(levels), run):
        part = range(begin, min(begin + run, len(levels)))
        kept |= {min(part, key=levels.__getitem__), max(part, key=levels.__getitem__)}
    return sorted(kept)
