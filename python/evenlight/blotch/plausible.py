# SPDX-License-Identifier: Apache-2.0
"""Whether a repair is more plausible than what it replaces; where it is not, nothing is done.

A repair stands if those who gave it agree, if they fit around the hole, and if it joins its
surroundings better than what was there. What one side alone shows must be beyond doubt. Nor is it
one to make a white cloth darker that the light made whiter: a change of tone is no dirt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise, opencv
from .blend import Donor, grey, inpainted


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of a repair's contrast up to which it stands, but for the rim: from there on."""

    disagreement: float  # of those who gave it
    doubt: float  # that, and how badly they fit around the hole
    step: float  # that the repair makes at the hole's border
    strange: float  # how much the fill strays from its surroundings, against what was there
    sure: float  # doubt up to which it may stray as it will
    rim: float  # what the blotch loses over its outline, as `matte.rim` measures it


#: With a neighbour on either side; and with those of one side alone.
TWO_SIDED = Limits(disagreement=0.5, doubt=0.7, step=0.15, strange=1.2, sure=0.35, rim=0.4)
ONE_SIDED = Limits(disagreement=0.25, doubt=0.35, step=0.15, strange=1.0, sure=0.1, rim=0.6)
#: Share of the contrast by which a single donor is taken to disagree with others.
_ALONE = 0.4
#: Share of a repair's change, squared, from which it is one of tone; and how many times the ring
#: counts, which a change of tone must leave as it is.
_TONE, _KEPT = 0.7, 3.0
#: Difference (display value) below which nothing is to be seen.
_UNSEEN = 1.5 / 255
#: Pixels across the border of a hole, over which its edges are taken together.
_BORDER = 3
_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A piece of a frame before and after its repair."""

    here: Array  # (h, w, C), as it was
    fill: Array  # (h, w, C), as it would be under the matte
    hole: Array  # (h, w) bool, where the matte is above 0
    ring: Array  # (h, w) bool, clean surroundings


@dataclass(frozen=True, slots=True)
class Verdict:
    """Measures of a repair, as shares of its contrast but for that itself."""

    contrast: float  # display value
    disagreement: float
    misfit: float
    step: float
    strange: float  # quotient
    donors: int
    toned: float = 0.0  # share of the change, squared, that one of tone is

    def stands(self, limits: Limits) -> bool:
        """Whether the repair is the more plausible one."""
        return (
            self.contrast > _UNSEEN
            and self.toned <= _TONE
            and self.disagreement <= limits.disagreement
            and self.disagreement + self.misfit <= limits.doubt
            and self.step <= limits.step
            and (self.strange <= limits.strange or self.disagreement + self.misfit <= limits.sure)
        )


def verdict(piece: Repaired, given: Sequence[Donor], unasked: int = 0) -> Verdict:
    """Measures of a repair of what was there, by those who gave it.

    `unasked` frames more were there, and not needed.
    """
    before, after = grey(piece.here), grey(piece.fill)
    core = opencv.erode(piece.hole.astype(np.uint8), _SQUARE) > 0
    core = core if core.any() else piece.hole
    change = _smooth(before - after)
    contrast = float(np.abs(change)[core].mean())
    per = max(contrast, 1e-6)
    ring = piece.ring
    misfit = float(np.abs(change)[ring].mean()) / per if ring.any() else np.inf
    surround = inpainted(before[..., None], ~ring)[..., 0]
    was = float(np.abs(_smooth(before - surround))[core].mean())
    is_now = float(np.abs(_smooth(after - surround))[core].mean())
    disagreement = _disagreement(given, core) / per if given else np.inf
    return Verdict(
        contrast,
        _ALONE if np.isnan(disagreement) else disagreement,
        misfit,
        _new_step(piece, given) / per,
        is_now / max(was, _UNSEEN),
        len(given) + unasked,
        _toned(_smooth(after), _smooth(before), piece),
    )


def _toned(fill: Array, here: Array, piece: Repaired) -> float:
    """Share of the change in the hole, squared, that a line of tone explains: here = a + b fill.

    It holds around the hole as well, so that what has the levels of its surroundings is none.
    """
    hole, ring = piece.hole, piece.ring
    if not (hole.any() and ring.any()):
        return 0.0
    count, around = int(hole.sum()), int(ring.sum())
    weight = np.repeat((1 / count, _KEPT / around), (count, around)) / (1 + _KEPT)
    x, y = (np.append(one[hole], one[ring]).astype(float) for one in (fill, here))
    change = np.square(y - x)
    x, y = x - (weight * x).sum(), y - (weight * y).sum()
    slope = (weight * x * y).sum() / max((weight * x * x).sum(), 1e-9)
    left = np.square(y - slope * x)
    worse = max(float(left[count:].mean() - change[count:].mean()), 0)
    return 1 - float(left[:count].mean() + _KEPT * worse) / max(float(change[:count].mean()), 1e-9)


def _disagreement(given: Sequence[Donor], core: Array) -> float:
    """Mean difference (display value) of the two best donors in the hole, as far as both know it.

    NaN where no two do.
    """
    best = sorted(given, key=lambda donor: (not donor.is_near, donor.error))[:2]
    both = core.copy()
    for donor in best:
        both &= donor.clean
    if len(best) < 2 or both.sum() * 2 < core.sum():
        return np.nan
    return float(np.abs(_smooth(grey(best[0].pixels - best[1].pixels)))[both].mean())


def _new_step(piece: Repaired, given: Sequence[Donor]) -> float:
    """Mean step (display value) over the hole's border that neither frame nor donors have."""
    hole = piece.hole.astype(np.uint8)
    border = (opencv.dilate(hole, _SQUARE) > 0) & ~(opencv.erode(hole, _SQUARE) > 0)
    border &= opencv.dilate(piece.ring.astype(np.uint8), _SQUARE) > 0  # others may lie beside
    if not border.any():
        return 0.0
    put = np.where(piece.hole, grey(piece.fill), grey(piece.here))
    known = [_edges(grey(donor.pixels)) for donor in given[:2]]
    excess = _edges(put) - np.maximum.reduce([_edges(grey(piece.here)), *known])
    return _BORDER * float(np.maximum(excess, 0)[border].mean())


def _edges(picture: Array) -> Array:
    across, down = (
        opencv.Sobel(picture, opencv.CV_32F, *axes, scale=0.125) for axes in ((1, 0), (0, 1))
    )
    return np.asarray(elementwise.hypot(across, down))


def _smooth(picture: Array) -> Array:
    return np.asarray(opencv.blur(picture, (3, 3)))
