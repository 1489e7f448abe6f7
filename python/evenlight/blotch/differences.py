# SPDX-License-Identifier: Apache-2.0
"""Where a frame differs from both its neighbours alike: the pictures that blotches are judged by.

Two-sided detection (SDI and rank-ordered differences, Kokaram and others) on neighbours brought
into the frame's light. A blotch spoils the motion vectors under it; so what looks like one is
filled roughly, and the flow is estimated again. The rough fill follows the flow from around the
hole, or the one from neighbour to neighbour, which no blotch of the frame spoils: whichever fits
better around the hole.

Motion is never known for sure, so several hypotheses of it are tried at every pixel; what any of
them finds in a neighbour is explained, and what none does is not, however bad the flow is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ..frames import Array
from ..kernels import elementwise, opencv
from ..kernels.bridge import bridged
from ..motion.dense import (
    enlarged,
    inconsistency,
    structure_flow,
    structure_of,
    through_middle,
    warp,
)

#: Difference to both neighbours (display value) from which a pixel may be of a blotch.
CANDIDATE = 9 / 255
#: Forward-backward inconsistency (pixels) up to which a match is believed.
_BELIEVED = 1.5
_CROSS = np.ones((3, 3), np.uint8)
#: What lies this near to a hole tells which fill fits.
_RING = np.ones((9, 9), np.uint8)
#: Noise is measured over so many pixels, in which a residual counts up to so many times the median;
#: a mean size, times this, is a deviation; and the least (display value) that there is.
_AROUND, _OUTLYING, _DEVIATION, _QUIETEST = (41, 41), np.float32(4), np.float32(1.25), 0.5 / 255

#: Share of the pixels that differ from both neighbours, at least, where a frame is unlike them; how
#: far off (octaves) means over so many pixels then are, when what goes on over so large a part of
#: the picture's height is taken for light; and that for each level that the neighbours differ by.
_LEAST_UNLIKE, _WIDE, _UNLIKE, _OF_HEIGHT, _TIMES = 0.07, (15, 15), 0.055, 0.25, 3.0
_BLACK = np.float32(0.05)


@dataclass(frozen=True, slots=True)
class Side:
    """One neighbour, in the light of the frame."""

    luma: Array  # (h, w)
    structure: Array  # of `luma`, (h/2, w/2) uint8
    #: Flow (h/2, w/2, 2) from the frame to it, and back.
    forth: Array
    back: Array
    known: Array | None = None  # (h, w) bool; None where all of it is known


@dataclass(frozen=True, slots=True)
class Beyond:
    """A frame one more step away, in the light of the frame."""

    luma: Array  # (h, w)
    structure: Array  # of `luma`, (h/2, w/2) uint8
    known: Array | None = None  # as of `Side`


@dataclass(frozen=True, slots=True)
class DifferenceMaps:
    """Of one frame, all (h, w) float32 on the display-like scale unless said otherwise."""

    luma: Array
    fill: Array  # what the neighbours say is there
    bridged: Array  # signed difference to both neighbours, flow bridged over candidates
    reestimated: Array  # the same, flow estimated again
    initial: Array  # the same, flow as first estimated
    #: The same, to one neighbour and to the frame beyond the other; `reestimated` between two
    #: neighbours beyond which no frame is known.
    two_frames_away: Array
    interpolated: Array  # the same, by the flow from neighbour to neighbour, motion taken for even
    unexplained: Array  # the same, by whichever motion explains the pixel best, none included
    noise: Array  # deviation of what no motion explains, around each pixel
    seen: tuple[Array, ...]  # luma of either neighbour and of further ones along `flows`
    disagreement: Array  # of the two neighbours
    inconsistency: Array  # of the flow as first estimated, pixels
    bend: Array  # |flow to one + flow to the other|, pixels: 0 for even motion
    speed: Array  # pixels a frame
    flows: tuple[Array, ...]  # to either neighbour and further ones, estimated again
    candidates: Array  # bool
    opposite: bool  # whether one neighbour is earlier and the other later

    @property
    def is_another_picture(self) -> bool:
        """Whether the frame is unlike both neighbours nearly everywhere, though these are alike.

        As where it was exposed twice: nothing in it can be told by them.
        """
        if not self.opposite or self.candidates.mean() < _LEAST_UNLIKE:
            return False
        here, there = (np.maximum(one, 0) + _BLACK for one in (self.luma, self.fill))
        off = opencv.blur(elementwise.log2(here / there), _WIDE)
        across = int(_OF_HEIGHT * off.shape[0]) | 1
        off = float(np.median(np.abs(off - opencv.blur(off, (across, across)))))
        return off > max(_UNLIKE, _TIMES * float(np.median(self.disagreement)))


def difference_maps(
    luma: Array,
    sides: tuple[Side, Side],
    further: Sequence[Beyond] = (),
    *,
    across: Array | None,
    added: Array | None = None,
) -> DifferenceMaps:
    """Differences to two neighbours; `across` is the flow from the earlier to the later one.

    Where both lie on one side of the frame there is no such flow.

    `further` are the frames beyond on either side, in pairs, if any: a neighbour that has a blotch
    of its own in the same place hides that of this frame, and the next one does not.
    Flow is bridged over what is `added` (h, w) bool too.
    """
    first = _first_look(luma, sides, across, added)
    shape = luma.shape
    rough = structure_of(first.rough)
    flows = tuple(enlarged(structure_flow(rough, side.structure), shape) for side in sides)
    beyond = tuple(enlarged(structure_flow(rough, one.structure), shape) for one in further)
    seen = _along(luma, sides, flows)
    near = [_rank_difference(luma, picture) for picture in seen]
    seen_beyond = [_seen(luma, one, flow) for one, flow in zip(further, beyond, strict=True)]
    far = np.zeros(shape, np.float32)
    either = seen_beyond[:2] if across is not None else []
    for other, picture in zip(reversed(near), either, strict=False):
        far = _larger(far, _agreed(other, _rank_difference(luma, picture)))
    fill = _mean(*seen)
    again = _agreed(*near)
    unmoved = [s.luma if s.known is None else np.where(s.known, s.luma, luma) for s in sides]
    still = _both(luma, unmoved)
    by_motion = (first.initial, first.interpolated, again, still)
    turn = flows[0] + flows[1] if across is not None else flows[1] - 2 * flows[0]
    return DifferenceMaps(
        luma=luma,
        fill=fill,
        bridged=_larger(first.bridged, far),
        reestimated=_larger(again, far),
        two_frames_away=again if across is not None and not further else far,
        initial=first.initial,
        interpolated=first.interpolated,
        unexplained=_least(by_motion),
        noise=_noise(luma - fill),
        seen=(*seen, *seen_beyond),
        disagreement=np.abs(seen[0] - seen[1]),
        inconsistency=first.inconsistency,
        bend=elementwise.hypot(turn[..., 0], turn[..., 1]),
        speed=elementwise.hypot(flows[0][..., 0], flows[0][..., 1]),
        flows=(*flows, *beyond),
        candidates=first.candidates,
        opposite=across is not None,
    )


@dataclass(frozen=True, slots=True)
class _FirstLook:
    """Differences by the flow as first estimated, and what they are good for."""

    initial: Array  # these and what follows as in `DifferenceMaps`
    interpolated: Array
    inconsistency: Array
    candidates: Array
    bridged: Array
    rough: Array  # luma (h, w) with candidates filled roughly


def _first_look(
    luma: Array, sides: tuple[Side, Side], across: Array | None, added: Array | None
) -> _FirstLook:
    shape = luma.shape
    initial = _both(luma, _along(luma, sides, [enlarged(side.forth, shape) for side in sides]))
    loop = np.maximum(*(inconsistency(side.forth, side.back) for side in sides))
    unsure = opencv.resize(loop, shape[::-1]) * np.float32(shape[1] / loop.shape[1])
    even, interpolated = None, initial
    if across is not None:
        even = _along(luma, sides, [enlarged(one, shape) for one in through_middle(across)])
        interpolated = _both(luma, even)
    believed = unsure < _BELIEVED
    found = (np.abs(initial) > CANDIDATE) | ((np.abs(interpolated) > CANDIDATE) & ~believed)
    if added is not None:
        found = found | added
    holes = opencv.dilate(found.astype(np.uint8), _CROSS, iterations=3)
    small = opencv.resize(holes, loop.shape[::-1], interpolation=opencv.INTER_AREA) > 0
    over = [enlarged(bridged(side.forth, small), shape) for side in sides]
    pairs = [_along(luma, sides, over), *([even] if even else [])]
    rough = _rough(luma, holes.astype(bool), [_mean(*pair) for pair in pairs])
    return _FirstLook(initial, interpolated, unsure, found, _both(luma, pairs[0]), rough)


def _rough(luma: Array, holes: Array, fills: Sequence[Array]) -> Array:
    """`luma` with each of the `holes` filled by the one that differs least around it."""
    count, labels = opencv.connectedComponents(holes.astype(np.uint8))
    around = opencv.dilate(labels.astype(np.float32), _RING).astype(np.int32)
    ring = np.flatnonzero(~holes & (around > 0))
    own = around.ravel()[ring]
    off = [np.bincount(own, np.abs(fill - luma).ravel()[ring], minlength=count) for fill in fills]
    chosen = np.argmin(off, axis=0)[labels]
    return np.where(holes, np.choose(chosen, list(fills)), luma)


def _along(luma: Array, sides: tuple[Side, Side], flows: Sequence[Array]) -> list[Array]:
    """Lumas of both neighbours along flows to them."""
    return [_seen(luma, side, flow) for side, flow in zip(sides, flows, strict=True)]


def _both(luma: Array, pair: Sequence[Array]) -> Array:
    return _agreed(*(_rank_difference(luma, one) for one in pair))


def _mean(one: Array, other: Array) -> Array:
    return np.asarray(0.5 * (one + other))


def _seen(luma: Array, beside: Side | Beyond, flow: Array) -> Array:
    """Luma of another frame (h, w) along a flow; where it is not known, that of the frame."""
    seen = warp(beside.luma, flow)
    if beside.known is None:
        return seen
    return np.where(warp(beside.known.astype(np.float32), flow) > 0.999, seen, luma)


def _rank_difference(luma: Array, other: Array) -> Array:
    """How far a pixel lies outside the range of the other picture's 3x3 pixels there, signed."""
    low, high = opencv.erode(other, _CROSS), opencv.dilate(other, _CROSS)
    return np.asarray(np.maximum(luma - high, 0) - np.maximum(low - luma, 0))


def _least(differences: Sequence[Array]) -> Array:
    """The smallest of several signed differences at each pixel, 0 where their signs differ."""
    return reduce(_agreed, differences)


def _noise(residual: Array) -> Array:
    """Deviation (h, w) of a residual around each pixel, but for the few that it is large at."""
    size = np.abs(residual)
    capped = np.minimum(size, _OUTLYING * (float(np.median(size)) + _QUIETEST))
    return np.asarray(_DEVIATION * opencv.blur(capped, _AROUND) + _QUIETEST)


def _larger(first: Array, second: Array) -> Array:
    return np.where(np.abs(second) > np.abs(first), second, first)


def _agreed(first: Array, second: Array) -> Array:
    """The smaller of two differences where they have one sign, 0 elsewhere."""
    smaller = np.where(np.abs(first) < np.abs(second), first, second)
    return np.where(first * second > 0, smaller, np.float32(0))
