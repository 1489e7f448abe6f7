# SPDX-License-Identifier: Apache-2.0
"""Fills of blotches: the neighbours' pixels, moved, in the frame's light, without a seam.

Works on full-size pixels of the clip's own numbers, in the box around each blotch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding
from ..flicker.gain_map import gain_map_of
from ..frames import Array, Frame
from ..kernels import opencv
from ..kernels.depth import as_float
from .blend import blended, grey, inpainted
from .candidates import Candidate
from .compensate import Place, Source, compensated
from .detect import Detection
from .features import GROWN
from .grain import regrained
from .overlap import mask_of
from .transparency import seen_through

#: Pixels of the preview that a patch reaches beyond its blotch.
MARGIN = 12
#: The blotch's edge is covered this far (pixels of the preview), and fades out over so many pixels.
_COVER, _FADE = 1.3, np.float32(1.5)
#: Share of a cell above which a pixel counts as all of it.
_WHOLE = 0.99
#: Share of a blotch's contrast within which a neighbour looks as it does.
_ALIKE = 0.4
_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of the frame to be put in."""

    top: int
    left: int
    pixels: Array  # (h, w, C) float32, integers as 0..1
    matte: Array  # (h, w) float32, 0 where the frame stays


def patches(
    frame: Frame, found: Detection, frames: Sequence[Frame], encoding: Encoding, grain: float
) -> list[Patch]:
    """A patch for each blotch of `found`; `frames` are its neighbours, in order."""
    if not found.blotches:
        return []
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
    blotched = _grown(found)
    return [_patch(frame.pixels(), one, blotched, sources, grain) for one in found.blotches]


def _grown(found: Detection) -> Array:
    """All blotches (h, w) bool with a little around them: what no ring may hold."""
    mask = mask_of(found.blotches, found.evidence.luma.shape).astype(np.uint8)
    return opencv.dilate(mask, np.ones((5, 5), np.uint8)).astype(bool)


def _patch(
    pixels: Array,
    blotch: Candidate,
    blotched: Array,  # (h, w) bool, of the preview
    sources: Sequence[Source],
    grain: float,
) -> Patch:
    scale = pixels.shape[0] / blotched.shape[0], pixels.shape[1] / blotched.shape[1]
    small = blotch.box.grown(MARGIN, blotched.shape)
    place = Place(small, small.scaled(scale, pixels.shape), scale, pixels.shape)
    mask = np.zeros(small.shape, np.float32)
    mask[blotch.box.within(small).part] = blotch.mask
    matte = _matte(mask, place.full.shape, max(scale))
    size = place.full.shape[::-1]
    ring = opencv.resize((~blotched[small.part]).astype(np.float32), size) > _WHOLE
    ring &= matte == 0
    here = as_float(pixels[place.full.part])
    core = opencv.resize(opencv.erode(mask, _SQUARE), size) > _WHOLE
    moved = [compensated(source, place) for source in sources]
    moved = [
        (other, clean & ~_shows_it(here - other, core, blotch.contrast)) for other, clean in moved
    ]
    return Patch(place.full.top, place.full.left, _filled(here, moved, ring, matte, grain), matte)


def _filled(
    here: Array, moved: Sequence[tuple[Array, Array]], ring: Array, matte: Array, grain: float
) -> Array:
    """The pixels (h, w, C) to be put in for `here`; its alpha stays."""
    fill = blended(here, moved[:2], moved[2:], ring, matte > 0)
    if fill is None:
        fill = inpainted(here, matte)
    elif grain > 0:
        fill = regrained(fill, here, ring, matte, grain)
    fill = seen_through(fill, here, matte)
    if here.shape[2] == 4:
        fill[..., 3] = here[..., 3]
    return fill


def _matte(mask: Array, shape: tuple[int, int], scale: float) -> Array:
    """1 on the blotch and its edge, falling to exactly 0 within two pixels (h, w)."""
    large = opencv.resize(mask, shape[::-1], interpolation=opencv.INTER_LINEAR)
    outside = (large < 0.5).astype(np.uint8)
    distance = opencv.distanceTransform(outside, opencv.DIST_L2, 3)
    reach = np.float32(_COVER * scale)
    return np.clip(1 - (distance - reach) / _FADE, 0, 1).astype(np.float32)


def _shows_it(difference: Array, core: Array, contrast: float) -> Array:
    """Where a neighbour looks as the blotch does: it has one of its own in the same place."""
    if contrast == 0:
        return np.zeros(core.shape, bool)
    limit = max(GROWN, _ALIKE * contrast)
    alike = (core & (np.abs(grey(difference)) < limit)).astype(np.uint8)
    pieces = opencv.morphologyEx(alike, opencv.MORPH_OPEN, _SQUARE)
    return opencv.dilate(pieces, _SQUARE, iterations=3).astype(bool)
