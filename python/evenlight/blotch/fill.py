# SPDX-License-Identifier: Apache-2.0
"""Fills of blotches: the neighbours' pixels, moved, in the frame's light, without a seam.

Works on full-size pixels of the clip's own numbers, in the box around each blotch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding
from ..colour.luma import luma_of
from ..colour.tone import curves_of
from ..flicker.gain_map import gain_map_of
from ..frames import Array, Frame
from ..kernels import opencv
from ..kernels.depth import as_float
from ..kernels.pixels import GainMap, apply_curves
from ..motion.dense import bridged
from .candidates import GROWN, Candidate
from .detect import Found, Neighbour
from .overlap import mask_of

#: Pixels of the looked-at picture that a patch reaches beyond its blotch.
MARGIN = 12
#: The blotch's edge is covered this far (looked-at pixels), and fades out over as much again.
_COVER = 1.3
#: Error on the ring (display value) at which a neighbour counts half.
_FAIR = np.float32(3 / 255)
_SQUARE = np.ones((3, 3), np.uint8)
#: Weight of a frame that is not the next one.
_FURTHER = 0.02
#: Grain of deviation 1 leaves the mean of two frames with 1/sqrt(2) of it, lacking as much; the
#: frame less that mean has sqrt(3/2).
_LACKING = np.float32(1 / np.sqrt(3))


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of the frame to be put in."""

    top: int
    left: int
    pixels: Array  # (h, w, C) float32, integers as 0..1
    matte: Array  # (h, w) float32, 0 where the frame stays


@dataclass(frozen=True, slots=True)
class _Source:
    neighbour: Neighbour
    pixels: Array  # (H, W, C) of the whole frame, as stored
    premultiplied: bool
    gain_map: GainMap | None


def patches(
    frame: Frame, found: Found, frames: Sequence[Frame], encoding: Encoding, grain: float
) -> list[Patch]:
    """A patch for each blotch of `found`; `frames` are its neighbours, in order."""
    if not found.blotches:
        return []
    height, width, _ = frame.shape
    sources = [
        _Source(
            neighbour,
            beside.pixels(),
            beside.premultiplied,
            gain_map_of(neighbour.light.field, encoding, (height, width)),
        )
        for neighbour, beside in zip(found.neighbours, frames, strict=True)
    ]
    blotched = _grown(found)
    return [
        _patch(frame.pixels(), one, found, blotched, sources, encoding, grain)
        for one in found.blotches
    ]


def _grown(found: Found) -> Array:
    """All blotches (h, w) bool with a little around them: what no ring may hold."""
    mask = mask_of(found.blotches, found.evidence.luma.shape).astype(np.uint8)
    return opencv.dilate(mask, np.ones((5, 5), np.uint8)).astype(bool)


def _patch(
    pixels: Array,
    blotch: Candidate,
    found: Found,
    blotched: Array,
    sources: Sequence[_Source],
    encoding: Encoding,
    grain: float,
) -> Patch:
    rows, columns = found.evidence.luma.shape
    scale = pixels.shape[0] / rows, pixels.shape[1] / columns
    top, left, bottom, right = blotch.box
    box = (
        max(top - MARGIN, 0),
        max(left - MARGIN, 0),
        min(bottom + MARGIN, rows),
        min(right + MARGIN, columns),
    )
    full = (
        round(box[0] * scale[0]),
        round(box[1] * scale[1]),
        min(round(box[2] * scale[0]), pixels.shape[0]),
        min(round(box[3] * scale[1]), pixels.shape[1]),
    )
    shape = full[2] - full[0], full[3] - full[1]
    small = np.zeros((box[2] - box[0], box[3] - box[1]), np.float32)
    small[top - box[0] : bottom - box[0], left - box[1] : right - box[1]] = blotch.mask
    matte = _matte(small, shape, max(scale))
    others = blotched[box[0] : box[2], box[1] : box[3]]
    ring = opencv.resize((~others).astype(np.float32), shape[::-1]) > 0.99
    ring &= matte == 0
    here = as_float(pixels[full[0] : full[2], full[1] : full[3]])
    moved = [_moved(source, box, full, scale, encoding, pixels.shape) for source in sources]
    core = opencv.resize(opencv.erode(small, _SQUARE), shape[::-1]) > 0.99
    moved = [
        (other, clean & ~_shows_it(here - other, core, blotch.contrast)) for other, clean in moved
    ]
    fill = _blended(here, moved[:2], moved[2:], ring, matte > 0)
    if fill is None:
        fill = _inpainted(here, matte)
    elif grain > 0:
        fill = _regrained(fill, here, ring, matte, grain)
    fill = _through(fill, here, matte)
    if here.shape[2] == 4:
        fill[..., 3] = here[..., 3]
    return Patch(full[0], full[1], fill, matte)


def _matte(mask: Array, shape: tuple[int, int], scale: float) -> Array:
    """1 on the blotch and its edge, falling to exactly 0 within two pixels (h, w)."""
    large = opencv.resize(mask, shape[::-1], interpolation=opencv.INTER_LINEAR)
    outside = (large < 0.5).astype(np.uint8)
    distance = opencv.distanceTransform(outside, opencv.DIST_L2, 3)
    reach = np.float32(_COVER * scale)
    return np.clip(1 - (distance - reach) / np.float32(1.5), 0, 1).astype(np.float32)


def _moved(
    source: _Source,
    box: tuple[int, int, int, int],
    full: tuple[int, int, int, int],
    scale: tuple[float, float],
    encoding: Encoding,
    whole: tuple[int, ...],
) -> tuple[Array, Array]:
    """The neighbour's pixels where the patch is, in the frame's light; and where they are clean."""
    height, width = full[2] - full[0], full[3] - full[1]
    field = source.neighbour.flow[box[0] : box[2], box[1] : box[3]]
    field = opencv.resize(field, (width, height), interpolation=opencv.INTER_LINEAR)
    rows, columns = np.indices((height, width), dtype=np.float32)
    x = columns + full[1] + field[..., 0] * np.float32(scale[1])
    y = rows + full[0] + field[..., 1] * np.float32(scale[0])
    x, y = np.clip(x, 0, whole[1] - 1), np.clip(y, 0, whole[0] - 1)
    y0, x0 = int(y.min()), int(x.min())
    y1, x1 = min(int(y.max()) + 2, whole[0]), min(int(x.max()) + 2, whole[1])
    lit = np.empty((y1 - y0, x1 - x0, whole[2]), source.pixels.dtype)
    apply_curves(
        source.pixels,
        curves_of(source.neighbour.light.gains, encoding, by_maximum=False),
        lit,
        gain_map=source.gain_map,
        origin=(y0, x0),
        premultiplied=source.premultiplied,
    )
    values = np.nan_to_num(as_float(lit), posinf=0, neginf=0)
    sampled = opencv.remap(
        values, x - x0, y - y0, opencv.INTER_CUBIC, borderMode=opencv.BORDER_REPLICATE
    ).reshape(height, width, -1)
    dirty = opencv.remap(
        source.neighbour.dirty.astype(np.float32),
        (x + np.float32(0.5)) / np.float32(scale[1]) - np.float32(0.5),
        (y + np.float32(0.5)) / np.float32(scale[0]) - np.float32(0.5),
        opencv.INTER_LINEAR,
        borderMode=opencv.BORDER_REPLICATE,
    )
    return sampled, dirty < 0.01


def _shows_it(difference: Array, core: Array, contrast: float) -> Array:
    """Where a neighbour looks as the blotch does: it has one of its own in the same place."""
    if contrast == 0:
        return np.zeros(core.shape, bool)
    limit = max(GROWN, 0.4 * contrast)
    alike = (core & (np.abs(_grey(difference)) < limit)).astype(np.uint8)
    pieces = opencv.morphologyEx(alike, opencv.MORPH_OPEN, _SQUARE)
    return opencv.dilate(pieces, _SQUARE, iterations=3).astype(bool)


def _blended(
    here: Array,
    near: Sequence[tuple[Array, Array]],
    far: Sequence[tuple[Array, Array]],
    ring: Array,
    hole: Array,
) -> Array | None:
    """Mean of the neighbours by how well they fit the ring, the seam taken out; None: none fits.

    Frames further away count where nearer ones have nothing, and a little elsewhere.
    """
    total = np.zeros(here.shape, np.float32)
    weights = np.zeros((*here.shape[:2], 1), np.float32)
    for pixels, clean, share in [(*one, 1.0) for one in near] + [(*one, _FURTHER) for one in far]:
        known = ring & clean
        if known.sum() < 8:
            continue
        difference = here - pixels
        error = float(np.abs(_grey(difference))[known].mean())
        seamless = pixels + _continued(difference, known)
        weight = clean[..., None] * np.float32(share / (error * error + _FAIR * _FAIR))
        total += weight * seamless
        weights += weight
    covered = (weights[..., 0] > 0) | ~hole
    if not (weights > 0).any():
        return None
    fill = total / np.maximum(weights, 1e-9)
    if not covered.all():
        fill = _inpainted(np.where(covered[..., None], fill, here), (~covered).astype(np.float32))
    return fill


def _grey(values: Array) -> Array:
    return np.asarray(luma_of(values) if values.shape[2] >= 3 else values[..., 0])


def _continued(difference: Array, known: Array) -> Array:
    """The difference on the ring, smoothly continued inwards."""
    clipped = np.clip(difference, -0.15, 0.15)
    smooth = np.where(known[..., None], clipped, 0).astype(np.float32)
    weight = known.astype(np.float32)
    blurred = opencv.blur(smooth, (5, 5)).reshape(smooth.shape)
    share = opencv.blur(weight, (5, 5))
    mean = blurred / np.maximum(share, 1e-6)[..., None]
    return bridged(np.where(known[..., None], mean, 0).astype(np.float32), ~known)


def _inpainted(here: Array, matte: Array) -> Array:
    """The surroundings continued inwards, where no neighbour has the pixels."""
    hole = matte > 0
    return bridged(np.where(hole[..., None], 0, here).astype(np.float32), hole)


def _regrained(fill: Array, here: Array, ring: Array, matte: Array, amount: float) -> Array:
    """The fill with the grain that averaging took from it, borrowed from beside the hole.

    Grain is what fill and frame do not share around the hole, so that no texture is taken for it.
    """
    grain = _fine(here - fill)
    around = _deviation(_grey(grain), ring)
    shift = _shift(ring, matte)
    if around == 0 or shift is None:
        return fill
    limit = np.float32(3 * around)
    borrowed = np.clip(np.roll(grain, shift, axis=(0, 1)), -limit, limit)
    usable = np.roll(ring, shift, axis=(0, 1)) & (matte > 0)
    return np.where(usable[..., None], fill + np.float32(amount) * _LACKING * borrowed, fill)


def _fine(values: Array) -> Array:
    return np.asarray(values - opencv.GaussianBlur(values, (0, 0), 1.0).reshape(values.shape))


def _deviation(values: Array, where: Array) -> float:
    """Deviation of grain, blind to edges."""
    return float(np.median(np.abs(values[where]))) * 1.4826 if where.any() else 0.0


def _shift(ring: Array, matte: Array) -> tuple[int, int] | None:
    """The shift that brings most of the clean surroundings onto the hole."""
    rows, columns = np.nonzero(matte > 0)
    tall, wide = int(np.ptp(rows)) + 2, int(np.ptp(columns)) + 2
    choices = [(tall, 0), (-tall, 0), (0, wide), (0, -wide)]
    covered = [int((np.roll(ring, s, axis=(0, 1)) & (matte > 0)).sum()) for s in choices]
    best = int(np.argmax(covered))
    return choices[best] if covered[best] > 0 else None


def _through(fill: Array, here: Array, matte: Array) -> Array:
    """Fill with what shows through half-transparent dirt: here = (1 - a) clean + a dirt.

    The fill stands for what is clean while 1 - a and a * dirt are fitted to the blotch.
    """
    body = matte >= 1
    if body.sum() < 30:
        return fill
    x, y = _grey(fill)[body], _grey(here)[body]
    spread = float(x.std())
    if spread < 0.02:
        return fill
    centred = x - x.mean()
    slope = float((centred * (y - y.mean())).sum() / np.square(centred).sum())
    left = float((y - y.mean() - slope * centred).std())
    if not 0.35 < slope < 0.95 or left > 0.25 * spread * slope:
        return fill
    offset = float(y.mean() - slope * x.mean())
    seen = (here - np.float32(offset)) / np.float32(slope)
    share = np.float32(slope * slope)
    return np.asarray(share * seen + (1 - share) * fill, np.float32)
