# SPDX-License-Identifier: Apache-2.0
"""Fills of blotches: the neighbours' pixels, moved, in the frame's light, without a seam.

Works on full-size pixels of the clip's own numbers, in the box around each blotch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..colour.encoding import Encoding
from ..flicker.gain_map import gain_map_of
from ..frames import Array, Frame
from ..kernels import opencv
from ..kernels.depth import as_float
from . import matte
from .belief import believed, hoped
from .blend import Donor, blended, donors, grey, inpainted
from .candidates import Candidate
from .compensate import Place, Source, compensated
from .detect import Detection
from .features import GROWN
from .grain import regrained
from .one_side import proved
from .overlap import joined, mask_of, overlap
from .passing import Passing, passing_of
from .plausible import ONE_SIDED, TWO_SIDED, Limits, Repaired, Verdict, verdict
from .transparency import seen_through

#: Pixels of the preview that a patch reaches beyond its blotch.
MARGIN = 16
#: Share of a cell above which a pixel counts as all of it.
_WHOLE = 0.99
#: Share of a blotch's contrast within which a neighbour looks as it does.
_ALIKE = 0.4
#: Share of a blotch's outline beside which it may go on before it is followed farther, and from
#: which it is part of something else then.
_FOLLOWED, _PART = 0.15, 0.1
_SQUARE = np.ones((3, 3), np.uint8)
#: Frames that judge first; and pixels of the preview over which a matte fades out.
_NEAR, _SOFT = 2, 3


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of the frame to be put in."""

    top: int
    left: int
    pixels: Array  # (h, w, C) float32, integers as 0..1
    matte: Array  # (h, w) float32, 0 where the frame stays
    blotch: Candidate


@dataclass(frozen=True, slots=True)
class Shape:
    """Grain of repairs and shape of their mattes, as the user wants them."""

    grain: float
    grow: float  # pixels of a frame 1080 high
    close_gaps: float


def patches(
    frame: Frame, found: Detection, frames: Sequence[Frame], encoding: Encoding, shape: Shape
) -> list[Patch]:
    """A patch for each blotch of `found`; `frames` are its neighbours, in order."""
    if not found.blotches:
        return []
    mending = mending_of(frame, found, frames, encoding, shape)
    small = found.evidence.luma.shape
    if mending.limits is ONE_SIDED:
        return _made(joined(proved(found), small, shape.close_gaps), mending)
    passing, blotches = passing_of(found), found.blotches
    if shape.close_gaps > 0:
        dirt = passing.dirt(blotches)
        moving = [one for one in blotches if not any(one is other for other in dirt)]
        blotches = (*moving, *joined(dirt, small, shape.close_gaps))
    return _made((*blotches, *found.seconds), mending, passing)


def mending_of(
    frame: Frame, found: Detection, frames: Sequence[Frame], encoding: Encoding, shape: Shape
) -> Mending:
    """The maker of patches for the blotches of `found`; `frames` are its neighbours, in order."""
    height, width, _ = frame.shape
    sources = [
        Source(
            neighbour,
            beside.pixels(),
            beside.premultiplied,
            gain_map_of(neighbour.light.field, encoding, (height, width)),
            encoding,
        )
        for neighbour, beside in zip(found.neighbours, frames, strict=True)
    ]
    is_two_sided = len({neighbour.offset > 0 for neighbour in found.neighbours[:2]}) > 1
    limits = TWO_SIDED if is_two_sided else ONE_SIDED
    blotched = _grown(found.blotches, found.evidence.luma.shape)
    return Mending(frame.pixels(), sources, blotched, blotched, limits, found.least, shape)


def _made(
    candidates: Sequence[Candidate], mending: Mending, passing: Passing | None = None
) -> list[Patch]:
    """Patches of the candidates that can be repaired; of those that overlap, of the largest.

    Where one passes nothing is touched, nor where part of something would go that stays.
    """
    kept: list[Patch] = []
    taken: list[Candidate] = []
    for one in sorted(candidates, key=lambda one: -one.area):
        if any(overlap(one, other) for other in taken):
            continue
        if passing is not None and passing.passes(one):
            taken.append(one)
        elif (patch := mending.patch(one)) is not None:
            taken.append(one)
            kept.append(patch)
    mended = _grown([patch.blotch for patch in kept], mending.blotched.shape)
    again = replace(mending, mended=mended)
    return [patch for one in kept if (patch := again.whole(one)) is not None]


def _grown(blotches: Sequence[Candidate], shape: tuple[int, ...]) -> Array:
    """Blotches (h, w) bool with a little around them: what no ring may hold."""
    mask = mask_of(blotches, shape).astype(np.uint8)
    return opencv.dilate(mask, np.ones((5, 5), np.uint8)).astype(bool)


@dataclass(frozen=True, slots=True)
class Mending:
    """Maker of the patches of one frame."""

    pixels: Array  # (H, W, C) of the frame, as stored
    sources: Sequence[Source]
    blotched: Array  # (h, w) bool of the preview, all blotches
    mended: Array  # (h, w) bool of the preview, those that get a patch, as far as is known
    limits: Limits
    least: float  # log odds that a repair must have
    shape: Shape

    def patch(self, blotch: Candidate) -> Patch | None:
        """The patch of one blotch; None where nothing plausible can be put in."""
        if not blotch.named and hoped(blotch) < self.least:
            return None
        for patch, measured in self.tries(blotch):
            if blotch.named or self._holds(blotch, measured):
                return patch
        return None

    def whole(self, patch: Patch) -> Patch | None:
        """A patch, made anew where a blotch beside it is not mended."""
        beside = patch.blotch.box.grown(matte.FURTHER, self.blotched.shape).part
        is_whole = not (self.blotched[beside] & ~self.mended[beside]).any()
        return patch if is_whole else self.patch(patch.blotch)

    def tries(self, blotch: Candidate) -> Iterator[tuple[Patch, Verdict]]:
        """Patches of one blotch and what is measured of them: as far as its influence goes, then
        of what was found alone.
        """
        place = self._place(blotch)
        scale, size = max(place.scale), place.full.shape[::-1]
        small = np.zeros(place.small.shape, np.float32)
        small[blotch.box.within(place.small).part] = blotch.mask
        mask = matte.without_holes(opencv.resize(small, size) >= 0.5)
        clear = opencv.resize((~self.blotched[place.small.part]).astype(np.float32), size) > _WHOLE
        here = as_float(self.pixels[place.full.part])
        core = opencv.resize(opencv.erode(small, _SQUARE), size) > _WHOLE
        radius = (self.shape.grow + blotch.grow) * self.pixels.shape[0] / matte.OF_HEIGHT
        most = matte.grown(mask, (matte.REACH + matte.FURTHER + _SOFT) * scale + radius)
        moved = self._moved(place, here, most, core if blotch.contrast > 0 else None, blotch)
        shapes: tuple[Array, ...] = ()
        if blotch.contrast > 0:
            mended = opencv.resize(self.mended[place.small.part].astype(np.float32), size) > 0
            shapes = self._shapes(here, moved, mask, clear, ~mended, blotch, scale)
        if blotch.named and not shapes:
            shapes = (mask,)
        unasked = len(self.sources) - len(moved)
        for shape in shapes:
            soft = matte.softened(matte.grown(shape, radius), scale)
            ring = clear & (soft == 0)
            given = donors(here, moved, ring)
            fill = self._filled(here, given, ring, soft)
            measured = verdict(Repaired(here, fill, soft > 0, ring), given, unasked)
            yield Patch(place.full.top, place.full.left, fill, soft, blotch), measured

    def _holds(self, blotch: Candidate, measured: Verdict) -> bool:
        return measured.stands(self.limits) and believed(blotch, measured) >= self.least

    def _place(self, blotch: Candidate) -> Place:
        scale = (
            self.pixels.shape[0] / self.blotched.shape[0],
            self.pixels.shape[1] / self.blotched.shape[1],
        )
        grow = int((self.shape.grow + blotch.grow) * self.blotched.shape[0] / matte.OF_HEIGHT)
        small = blotch.box.grown(MARGIN + grow, self.blotched.shape)
        return Place(small, small.scaled(scale, self.pixels.shape), scale, self.pixels.shape)

    def _moved(
        self, place: Place, here: Array, hole: Array, core: Array | None, blotch: Candidate
    ) -> list[tuple[Array, Array]]:
        """Neighbours' pixels (h, w, C) at a place, and where they are clean (h, w) bool.

        Not those of frames further away, if nearer ones are clean all over the hole (h, w) bool.
        What looks as the blotch does is not clean, by its `core` (h, w) bool, None for none.
        """
        moved: list[tuple[Array, Array]] = []
        for source in self.sources:
            if len(moved) >= _NEAR and not (hole & ~(moved[0][1] | moved[1][1])).any():
                break
            pixels, clean = compensated(source, place)
            if core is not None:
                clean = clean & ~_shows_it(grey(here - pixels), core, blotch)
            moved.append((pixels, clean))
        return moved

    def _shapes(
        self,
        here: Array,
        moved: Sequence[tuple[Array, Array]],
        mask: Array,
        clear: Array,
        stays: Array,
        blotch: Candidate,
        scale: float,
    ) -> tuple[Array, ...]:
        """Pixels (h, w) bool that a repair may cover, the likeliest first.

        Nothing where the blotch has no rim, or is part of a thing that `stays` (h, w) bool.
        """
        far = clear & ~matte.grown(mask, matte.REACH * scale)
        level = grey(here)[..., None]
        given = donors(level, [(grey(other)[..., None], clean) for other, clean in moved], far)
        fill = blended(level, given, mask)
        if fill is None:
            return (mask,)
        difference = (fill - level if blotch.dark else level - fill)[..., 0]
        if matte.rim(difference, mask, clear, scale) < self.limits.rim:
            return ()
        wide = matte.reached(difference, mask, far, scale)
        if matte.left(difference, wide, stays, scale) <= _FOLLOWED:
            return (wide,) if np.array_equal(wide, mask) else (wide, mask)
        wide = matte.followed(difference, wide, scale)
        return (wide,) if matte.left(difference, wide, stays, scale) <= _PART else ()

    def _filled(self, here: Array, given: Sequence[Donor], ring: Array, soft: Array) -> Array:
        """The pixels (h, w, C) to be put in for `here`; its alpha stays."""
        fill = blended(here, given, soft > 0)
        if fill is None:
            fill = inpainted(here, soft > 0)
        elif self.shape.grain > 0:
            fill = regrained(fill, here, ring, soft, self.shape.grain)
        fill = seen_through(fill, here, soft)
        if here.shape[2] == 4:
            fill[..., 3] = here[..., 3]
        return fill


def _shows_it(difference: Array, core: Array, blotch: Candidate) -> Array:
    """Where a neighbour looks as the blotch does: it has one of its own in the same place."""
    limit = max(GROWN, _ALIKE * blotch.contrast)
    alike = (core & (np.abs(difference) < limit)).astype(np.uint8)
    pieces = opencv.morphologyEx(alike, opencv.MORPH_OPEN, _SQUARE)
    return opencv.dilate(pieces, _SQUARE, iterations=3).astype(bool)
