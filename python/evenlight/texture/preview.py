# SPDX-License-Identifier: Apache-2.0
"""Frames as texture is looked for in them: no more than 512 pixels a side, corrected."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from ..cache import Cache
from ..colour.encoding import Encoding, to_display
from ..colour.tone import curves_of
from ..flicker.estimate import Correction
from ..frames import Array, Frame
from ..kernels.pixels import apply_curves, average_cells
from ..motion.dense import luma_flow
from .clipping import Ends, ends_of, may_be_lost

#: Longest side of the picture that is looked at, in pixels.
LONG_SIDE = 512


@dataclass(frozen=True, slots=True)
class Sight:
    """A frame as it came."""

    colour: Array  # (h, w, 3) float32, display values
    lost: Array  # (h, w, 3) float32: share of each cell's values at an end of the scale
    ends: Ends


@dataclass(frozen=True, slots=True)
class CorrectedFrame:
    """A frame and what corrects it."""

    frame: Frame
    encoding: Encoding
    by_luminance: bool
    gains: Array  # (3, levels), see `Correction`
    field: Array | None  # (h, w) float32 over the frame, natural logarithm of a gain
    sight: Sight
    colour: Array  # (h, w, 3) float32: the sight, corrected


_SIGHTS: Cache[Sight] = Cache(12)
_FLOWS: Cache[tuple[Array, Array]] = Cache(16)


def sight_of(frame: Frame, encoding: Encoding) -> Sight:
    """Measure a frame; remembered where it has an identifier."""

    def compute() -> Sight:
        return _measure(frame, encoding)

    if not frame.identifier:
        return compute()
    key = (frame.identifier, frame.shape, frame.premultiplied, encoding)
    return _SIGHTS.get(key, compute)


def _measure(frame: Frame, encoding: Encoding) -> Sight:
    height, width, _ = frame.shape
    scale = max(1.0, max(height, width) / LONG_SIDE)
    shape = max(1, round(height / scale)), max(1, round(width / scale))
    cells = average_cells(frame.pixels(), shape, frame.premultiplied)
    ends = ends_of(frame, encoding)
    marks = may_be_lost(frame, encoding, ends).view(np.uint8)
    lost = average_cells(marks, shape, premultiplied=False) * np.float32(255)
    colour = np.maximum(to_display(cells, encoding), 0).astype(np.float32)
    return Sight(colour, lost, ends)


def lit(
    frame: Frame, correction: Correction, encoding: Encoding, *, by_luminance: bool
) -> CorrectedFrame:
    """A frame, looked at and corrected."""
    sight, field = sight_of(frame, encoding), None
    if correction.field is not None:
        own = correction.field
        field = own.basis.picture(own.coefficients, sight.lost.shape[:2]).astype(np.float32)
    colour = toned(sight.colour, correction.gains, field, by_luminance=by_luminance)
    return CorrectedFrame(frame, encoding, by_luminance, correction.gains, field, sight, colour)


def toned(colour: Array, gains: Array, field: Array | None, *, by_luminance: bool) -> Array:
    """Display colours (h, w, 3) float32 through tone curves, then through a field (h, w)."""
    out = np.empty_like(colour)
    curves = curves_of(gains, Encoding.SRGB, by_luminance=by_luminance)
    apply_curves(np.ascontiguousarray(colour), curves, out)
    return out if field is None else out * np.exp(field)[..., None]


def flows(first: Array, second: Array) -> tuple[Array, Array]:
    """Flow (h/2, w/2, 2) from one corrected luma (h, w) to a later one, and back; remembered."""
    key = (_digest(first), _digest(second))
    return _FLOWS.get(key, lambda: (luma_flow(first, second), luma_flow(second, first)))


def _digest(luma: Array) -> bytes:
    return hashlib.blake2b(luma.tobytes(), digest_size=16).digest()
