# SPDX-License-Identifier: Apache-2.0
"""Whose texture stands where a frame's own is lost: its own, or that of the frame beside it.

BlazeBVD's LFRM paints what it makes of three branches, the frame and its two neighbours warped to
it under the exposure mask (eq. 9). Here the branches are as published, and the network says which
of the three to believe at every pixel; `texture` then moves the pixels themselves. The branches are
shown around the mask, too: how well a warp fits there is the best that is known about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.levels import LEVELS
from ..colour.luma import QUIET, luma_of
from ..frames import Array
from ..inference.networks import Networks
from ..inference.padding import padded
from ..kernels import elementwise, opencv
from ..kernels.bridge import bridged
from ..memo import Memo
from ..motion.dense import enlarged, inconsistency, places, warp
from ..placement import known_cells
from .clipping import singular
from .preview import CorrectedFrame, corrected_colour, flows

LFRM = "lfrm"
#: Sides of what the network is given are multiples of this; what is added says nothing.
MULTIPLE = 16
#: Distance in half pixels of a flow and its return at which a warp is believed by 0.6.
_CONSISTENT = np.float32(1.0)
#: Light in which a neighbour may differ once both are corrected (natural logarithm of a gain).
_RELIT = 0.35
#: Pixels over which that is averaged, and share of them that must be known.
_AROUND, _KNOWN = (9, 9), 0.05
#: What the network leaves to others at most where it is sure of one.
_LEAST = np.float32(0.02)


@dataclass(frozen=True, slots=True)
class Branch:
    """A neighbour, warped to the frame and in its light."""

    flow: Array  # (h/2, w/2, 2) from the frame to the neighbour, in its pixels
    relight: Array  # (h/2, w/2) natural logarithm of the gain between both, as corrected
    colour: Array  # (h, w, 3): the frame's own where the neighbour has nothing to give
    sure: Array  # (h, w) 0..1: how far the warp is consistent, and not lost itself


@dataclass(frozen=True, slots=True)
class Branches:
    """Inputs of LFRM at the size of the preview."""

    own: Array  # (h, w, 3)
    lost: Array  # (h, w, 3) 0..1, the exposure mask
    sides: tuple[Branch | None, Branch | None]  # before, after

    @property
    def inputs(self) -> dict[str, Array]:
        """As the network takes them, each (channels, h, w) float32."""
        absent = np.zeros(self.own.shape[:2], np.float32)
        colours = [self.own if side is None else side.colour for side in self.sides]
        sure = np.stack([absent if side is None else side.sure for side in self.sides])
        pictures = {"own": self.own, "before": colours[0], "after": colours[1], "lost": self.lost}
        moved = {name: np.moveaxis(picture, 2, 0) for name, picture in pictures.items()}
        return {name: np.ascontiguousarray(p, np.float32) for name, p in moved.items()} | {
            "sure": sure
        }


def exposure_mask(own: CorrectedFrame) -> Array:
    """How far values of the preview (h, w, 3) are lost and singular; all 0 where none is."""
    mask: Array = own.preview.lost
    return mask * singular(stops_of(own)) if mask.any() else mask


def branches(
    memo: Memo,
    own: CorrectedFrame,
    followed: Array,
    before: CorrectedFrame | None,
    after: CorrectedFrame | None,
) -> Branches | None:
    """The branches of a frame; None where nothing of it is lost, or nobody has anything to give.

    `followed` (h, w) is its luma as its neighbours see it corrected, so that flows are shared.
    """
    lost = exposure_mask(own)
    if not lost.any():
        return None
    sides = (
        None if before is None else _branch(memo, own, lost, before, followed, earlier=True),
        None if after is None else _branch(memo, own, lost, after, followed, earlier=False),
    )
    if not any(side is not None and (side.sure * _over(lost)).any() for side in sides):
        return None
    return Branches(own.colour, lost, sides)


def stops_of(own: CorrectedFrame) -> Array:
    """How far each value of the preview is corrected (h, w, 3), in stops."""
    base = np.maximum(own.preview.colour, np.float32(LEVELS[0]))
    return elementwise.log2(
        corrected_colour(base, own.gains, own.field, by_maximum=own.by_maximum) / base
    )


def _followed(
    memo: Memo, beside: CorrectedFrame, followed: Array, *, earlier: bool
) -> tuple[Array, Array]:
    """Flow from the frame to its neighbour, and back."""
    other = luma_of(beside.colour)
    forth, back = flows(memo, other, followed) if earlier else flows(memo, followed, other)
    return (back, forth) if earlier else (forth, back)


def _branch(
    memo: Memo,
    own: CorrectedFrame,
    lost: Array,
    beside: CorrectedFrame,
    followed: Array,
    *,
    earlier: bool,
) -> Branch:
    forth, back = _followed(memo, beside, followed, earlier=earlier)
    half, whole = forth.shape[1::-1], lost.shape[1::-1]
    here, there, gone_here, gone_there = (
        opencv.resize(picture, half, interpolation=opencv.INTER_AREA)
        for picture in (own.colour, beside.colour, own.preview.lost, beside.preview.lost)
    )
    blank = luma_of(gone_here) > 0.5
    forth = bridged(forth, opencv.dilate(blank.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    wrong = inconsistency(forth, back) / _CONSISTENT
    fits = elementwise.exp(-0.5 * wrong * wrong) * _inside(forth)
    known = known_cells(beside.frame, (forth.shape[0], forth.shape[1]))
    if known is not None:
        fits *= warp(known.astype(np.float32), forth) > 0.999
    fits = bridged(fits[..., None].astype(np.float32), blank)[..., 0]
    seen = (gone_here < _KNOWN) & (warp(gone_there, forth) < _KNOWN)
    relight = relight_between(here, warp(there, forth), seen, fits)
    given, gone = _shown(own, beside, forth, relight)
    gives = 1 - _over(lost * gone) / np.maximum(_over(lost), np.float32(1e-6))
    sure = opencv.resize(fits, whole, interpolation=opencv.INTER_LINEAR)
    colour = own.colour + (1 - gone) * (given - own.colour)
    return Branch(forth, relight, colour, sure * gives)


def _shown(
    own: CorrectedFrame, beside: CorrectedFrame, forth: Array, relight: Array
) -> tuple[Array, Array]:
    """A neighbour (h, w, 3) warped to the frame and in its light, and how far it is lost there."""
    size = own.colour.shape[1::-1]
    whole = enlarged(forth, own.colour.shape)
    light = elementwise.exp(opencv.resize(relight, size, interpolation=opencv.INTER_LINEAR))
    return warp(beside.colour, whole) * light[..., None], warp(beside.preview.lost, whole)


def _over(picture: Array) -> Array:
    """The sum over the channels of (h, w, 3): NumPy's own is slow on an axis so short."""
    total: Array = picture[..., 0] + picture[..., 1] + picture[..., 2]
    return total


def _inside(field: Array) -> Array:
    """Where a flow leads to a place in the picture (h, w)."""
    height, width = field.shape[:2]
    x, y = np.moveaxis(places(field), 2, 0)
    return (x >= -0.5) & (y >= -0.5) & (x <= width - 0.5) & (y <= height - 0.5)


def relight_between(
    own: Array, other: Array, known: Array, sure: Array, largest: float = _RELIT
) -> Array:
    """Logarithm of the gain (h, w) that brings `other` into the light of `own`, both (h, w, 3).

    Smooth, from values that are `known` (h, w, 3) bool of both, continued to where none is.
    """
    spoken = known.astype(np.float32)
    weight = _over(spoken) * sure / np.float32(3)
    here, there = (_over(picture * spoken) for picture in (own, other))
    gain = np.clip(elementwise.log((here + QUIET) / (there + QUIET)), -largest, largest)
    total = opencv.blur(weight * gain, _AROUND)
    share = opencv.blur(weight, _AROUND)
    mean = (total / np.maximum(share, 1e-6)).astype(np.float32)
    return bridged(mean[..., None], share < _KNOWN)[..., 0]


def believed(shown: Branches, networks: Networks) -> Array:
    """How far each neighbour is believed (2, h, w), before and after; the frame itself the rest.

    Raises ModelError where the network cannot run.
    """
    rows, columns = shown.own.shape[:2]
    inputs = {name: padded(part, MULTIPLE) for name, part in shown.inputs.items()}
    (weights,) = networks.run(LFRM, inputs)
    sides = weights[0, 1:, :rows, :columns] * (shown.inputs["sure"] > 0)
    result: Array = np.maximum(0, sides - _LEAST) / (1 - _LEAST)
    return result
