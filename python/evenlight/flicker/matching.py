# SPDX-License-Identifier: Apache-2.0
"""Histogram matching of a frame with its neighbours: the compiled loop and its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import _native
from ..colour.levels import LEVELS
from ..colour.luma import QUIET
from ..frames import Array
from ..motion.fields import Step
from ..motion.links import among_known
from ..motion.preview import MATCH, Preview
from ..motion.window import Neighbour, Window

#: Share of matched cells below which a frame says nothing about the current one.
LEAST_MATCHED = 0.15
#: Levels at which two histograms are compared, and the display value below which ratios are noise.
QUANTILES, FLOOR = 48, 3 / 255


@dataclass(frozen=True, slots=True)
class Pair:
    """Tone match of a neighbour: gains that take the current frame's levels there."""

    offset: int
    confidence: float  # share of matched cells
    gains: Array  # (3, len(LEVELS)): value there over value here
    change: float  # stops, median over levels and channels


def compare(window: Window, lights: Mapping[int, Array] | None = None) -> list[Pair]:
    """Tone matches of the neighbours in which enough of the current frame is found.

    Flow is chained from frame to frame outwards, so that a wide window costs no more flow than a
    narrow one. `lights` are gains (h, w), by offset and by cells of the current frame, that take
    out of a neighbour what differs over the frame.
    """
    lights = lights or {}
    sides = _native.follow_sides(
        window.centre.structure,
        window.centre.colour,
        steps_of(window.centre, window.before, lights),
        steps_of(window.centre, window.after, lights),
        match=float(MATCH),
        floor=FLOOR,
        epsilon=float(QUIET),
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


def steps_of(centre: Preview, side: Sequence[Neighbour], lights: Mapping[int, Array]) -> list[Step]:
    """Structure, colour, the flow from the frame one nearer to the centre, and light, of each.

    Where a frame is not known, the flow leads out of the picture, and nothing is said.
    """
    nearer = [centre, *(n.preview for n in side)]
    return [
        (
            n.preview.structure,
            n.preview.colour,
            among_known(n.link.forward if n.offset > 0 else n.link.backward, last, n.preview),
            lights.get(n.offset),
        )
        for last, n in zip(nearer, side, strict=False)
    ]
