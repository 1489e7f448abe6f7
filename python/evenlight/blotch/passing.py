# SPDX-License-Identifier: Apache-2.0
"""Things that pass: one that moves through the picture was there before and is there afterwards.

A thrown toy, a mark on the road that is driven over, a fist: each frame shows them at another
place, too far for motion to be followed. They are looked for in the frames on either side, at
places that lie opposite each other, where these show what this frame does not. Dirt finds something
like itself there by chance alone, and how easily, the same frames say when one is turned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise, opencv
from ..motion.dense import warp
from .box import Box
from .candidates import Candidate
from .detect import Detection
from .features import NAMES
from .overlap import mask_of

#: Pixels of the preview, against the picture around, that a thing moves in a frame.
_NEAREST, _FARTHEST = 3, 40
#: Pixels that its way bends by at most, and share of its length that it bends more.
_BENDS, _OF_LENGTH = 2, 0.12
#: Share of its squared contrast up to which it is found again, and that which must be new there.
_LIKE, _NEW = 0.3, 0.35
#: The same where its way leads out of the picture on the other side.
_LIKE_LEAVING = 0.15
#: Log odds up to which what follows tells, where motion is lost.
_DOUBTFUL = 1.5
#: Motion (pixels) that the flows to either side bend by from where they are not to be believed; and
#: the share up to which a thing is found again on both sides then, wherever it lies.
_LOST, _SAME = 5.0, 0.15
#: Pixels from which a thing is known again, with a rim of so many pixels, wherever it lies and
#: however it moves; and the share up to which it is, in one frame or in both.
_LARGE, _RIM, _SAME_ONCE, _SAME_TWICE = 60, 3, 0.12, 0.25
#: Pixels from which it is looked for, and from which it is like nothing else; what is smaller must
#: be found so many times better than with a frame turned.
_LEAST, _DISTINCT, _TIMES = 8, 20, 1.5
#: Pixels of a side of what is looked for, at most; and around it whose motion is looked at.
_LONGEST, _AROUND = 64, 12
_NOWHERE = np.float32(9)
_SIDE = 2 * _FARTHEST + 1
_SQUARE = np.ones((5, 5), np.uint8)
_BEND = NAMES.index("bend")
_ROWS, _COLUMNS = np.indices((_SIDE, _SIDE), np.float32) - np.float32(_FARTHEST)
_LENGTHS = elementwise.hypot(_ROWS, _COLUMNS)
#: Lengths of ways, from and to, that may bend alike.
_RINGS = ((_NEAREST, 10), (10, 20), (20, 30), (30, 60))


@dataclass(frozen=True, slots=True)
class Passing:
    """A frame between two others, as far as what passes is looked for."""

    luma: Array  # (h, w)
    fill: Array  # (h, w), what the others say is there
    without: Array  # (h, w), the frame with its blotches filled
    seen: tuple[Array, Array]  # (h, w) each, the frames before and after along the motion
    unmoved: tuple[Array, Array]  # the same as they are, for where that is not known
    flows: tuple[Array, Array]  # (h, w, 2) to them, pixels

    def dirt(self, blotches: Sequence[Candidate]) -> list[Candidate]:
        """Those that do not pass."""
        return [one for one in blotches if not self.passes(one)]

    def passes(self, blotch: Candidate) -> bool:
        """Whether the frames before and after show the blotch on its way."""
        if blotch.named:
            return False
        is_doubtful = blotch.odds < _DOUBTFUL
        if is_doubtful and any(_leads_out(flow, blotch.box) for flow in self.flows):
            return True
        if not _is_looked_for(blotch):
            return False
        before, after = self._found(blotch, self.seen)
        on_its_way = _least(before, np.rot90(after, 2))
        if blotch.area < _DISTINCT:
            turned = min(_least(before, np.rot90(after, turns)) for turns in (0, 1, 3))
            return on_its_way < _LIKE and _TIMES * on_its_way < turned
        leaving = min(_leaving(before, after), _leaving(after, before))
        if on_its_way < _LIKE or leaving < _LIKE_LEAVING or self._is_known_again(blotch):
            return True
        if not is_doubtful or blotch.features[_BEND] < _LOST:
            return False
        if max(_nearest(before), _nearest(after)) < _SAME:
            return True
        before, after = self._found(blotch, self.unmoved)
        return _least(before, np.rot90(after, 2)) < _LIKE

    def _is_known_again(self, blotch: Candidate) -> bool:
        """Whether a neighbour shows a blotch that is too large to be like another by chance."""
        if blotch.area < _LARGE:
            return False
        once, twice = sorted(_nearest(one) for one in self._found(blotch, self.seen, ring=_RIM))
        return once < _SAME_ONCE or twice < _SAME_TWICE

    def goes_on(self, blotch: Candidate) -> bool:
        """Whether two frames of one side, the nearer first, show the blotch on its way."""
        if not _is_looked_for(blotch):
            return False
        near, beyond = self._found(blotch, self.seen, (_FARTHEST, 2 * _FARTHEST))
        return _least(near, beyond, every=2) < _LIKE

    def _found(
        self,
        blotch: Candidate,
        frames: tuple[Array, Array],
        reach: tuple[int, int] = (_FARTHEST, _FARTHEST),
        ring: int = 0,
    ) -> tuple[Array, Array]:
        """Shares left of a blotch at all places around, as `_left` gives them, in two frames.

        With a `ring` of so many pixels around it.
        """
        box = blotch.box.grown(1 + ring, self.luma.shape)
        mask: Array = np.zeros(box.shape, np.float32)
        mask[blotch.box.within(box).part] = blotch.mask
        if ring:
            mask = opencv.dilate(mask, np.ones((2 * ring + 1, 2 * ring + 1), np.uint8))
        first, second = (
            self._left(one, box, mask, own) for one, own in zip(frames, reach, strict=True)
        )
        return first, second

    def _left(self, seen: Array, box: Box, mask: Array, reach: int) -> Array:
        """Share of the squared contrast that is left with what lies at each place around.

        (2 * reach + 1) squared, the middle being the blotch's own; _NOWHERE where the frame shows
        the same, infinite outside.
        """
        around = box.grown(reach, self.luma.shape)
        here = self.luma[box.part]
        contrast = float((mask * np.square(here - self.fill[box.part])).sum())
        there = seen[around.part]
        new = _sums(np.square(there - self.without[around.part]), mask)
        off = _sums(np.square(there), mask) - 2 * _sums(there, mask * here)
        off = np.maximum(off + (mask * np.square(here)).sum(), 0)
        per = max(contrast, 1e-6)
        left = np.full((2 * reach + 1, 2 * reach + 1), np.inf, np.float32)
        top, start = around.top - box.top + reach, around.left - box.left + reach
        part = slice(top, top + off.shape[0]), slice(start, start + off.shape[1])
        left[part] = np.where(new >= _NEW * contrast, off / per, _NOWHERE)
        return left


def passing_of(found: Detection) -> Passing:
    """The search for what passes, in a frame with a neighbour on either side."""
    evidence = found.evidence
    mask = mask_of(found.blotches, evidence.luma.shape).astype(np.uint8)
    filled = opencv.dilate(mask, _SQUARE).astype(bool)
    near = found.neighbours[:2]
    before, after = (warp(one.original, one.flow) for one in near)
    without = np.where(filled, evidence.fill, evidence.luma)
    unmoved = near[0].original, near[1].original
    flows = near[0].flow, near[1].flow
    return Passing(evidence.luma, evidence.fill, without, (before, after), unmoved, flows)


def _sums(picture: Array, weights: Array) -> Array:
    """Sums of a picture times weights, wherever these are laid inside it."""
    return np.asarray(opencv.matchTemplate(picture, weights, opencv.TM_CCORR))


def _is_looked_for(blotch: Candidate) -> bool:
    return blotch.area >= _LEAST and max(blotch.box.shape) <= _LONGEST


def _least(near: Array, far: Array, every: int = 1) -> float:
    """The share left at the best pair of places: of the second picture `every` times as far."""
    least = np.inf
    for nearest, farthest in _RINGS:
        reach = 2 * round(_BENDS + _OF_LENGTH * every * farthest) + 1
        bent = opencv.erode(np.ascontiguousarray(far), np.ones((reach, reach), np.uint8))
        ring = (nearest <= _LENGTHS) & (farthest > _LENGTHS)
        least = min(least, float(np.maximum(near, bent[::every, ::every])[ring].min()))
    return least


def _leads_out(flow: Array, box: Box) -> bool:
    """Whether the middle of a box lies outside the picture in a frame that moves as all around."""
    rows, columns = flow.shape[:2]
    x, y = np.median(flow[box.grown(_AROUND, flow.shape).part].reshape(-1, 2), axis=0)
    x, y = x + 0.5 * (box.left + box.right), y + 0.5 * (box.top + box.bottom)
    return bool(x < 0 or y < 0 or x > columns or y > rows)


def _nearest(seen: Array) -> float:
    """The share that is left at the best place."""
    return float(seen[_LENGTHS >= _NEAREST].min())


def _leaving(seen: Array, unseen: Array) -> float:
    """The share that is left at the best place whose opposite lies outside the picture."""
    leads_out = np.isinf(np.rot90(unseen, 2)) & (_LENGTHS >= _NEAREST)
    return float(np.where(leads_out, seen, np.inf).min())
