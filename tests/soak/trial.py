# SPDX-License-Identifier: Apache-2.0
"""Trial: something that is done very often, and the figures that come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Figures by name; `fault` is there only where something went wrong.
Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class Trial:
    """Body, called with a count and a seed, and counts in short and in full."""

    body: Callable[[int, int], Figures]
    short: int
    full: int
    runtimes: tuple[str, ...] = ("worker",)


def judged(figures: Figures, *, zero: tuple[str, ...]) -> Figures:
    """The figures, with a fault where one that must be 0 is not."""
    wrong = [name for name in zero if figures[name]]
    return {**figures, "fault": f"{', '.join(wrong)} must be 0"} if wrong else figures
