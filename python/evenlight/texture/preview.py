# SPDX-License-Identifier: Apache-2.0
"""Frames as texture is looked for in them: no more than 512 pixels a side, corrected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding
from ..colour.tone import curves_of
from ..flicker.estimate import Correction
from ..frames import Array, Frame
from ..kernels import elementwise
from ..kernels.pixels import apply_curves, average_cells
from ..memo import Memo
from ..motion.dense import luma_flow
from ..motion.preview import digest_of, reduced, saved_reading
from .clipping import Ends, ends_of, may_be_lost

#: Longest side of the picture that is looked at, in pixels.
LONG_SIDE = 512


@dataclass(frozen=True, slots=True)
class TexturePreview:
    """A frame as it came."""

    colour: Array  # (h, w, 3) float32, display values
    lost: Array  # (h, w, 3) float32: share of each cell's values at an end of the scale
    ends: Ends


@dataclass(frozen=True, slots=True)
class CorrectedFrame:
    """A frame and what corrects it."""

    frame: Frame
    encoding: Encoding
    by_maximum: bool
    gains: Array  # (3, levels), see `Correction`
    field: Array | None  # (h, w) float32 over the frame, natural logarithm of a gain
    preview: TexturePreview
    colour: Array  # (h, w, 3) float32: the preview's, corrected


def texture_preview(memo: Memo, frame: Frame, time: float, encoding: Encoding) -> TexturePreview:
    """The preview of the frame at `time`; where the frame has a name its reading is saved."""
    key = "texture preview", encoding
    return saved_reading(memo, frame, time, key, lambda: measure(frame, encoding))


def measure(frame: Frame, encoding: Encoding) -> TexturePreview:
    """The preview of a frame."""
    colour = np.maximum(reduced(frame, LONG_SIDE, encoding), 0).astype(np.float32)
    ends = ends_of(frame, encoding)
    marks = may_be_lost(frame, encoding, ends).view(np.uint8)
    lost = average_cells(marks, colour.shape[:2], premultiplied=False) * np.float32(255)
    return TexturePreview(colour, lost, ends)


def corrected_frame(
    frame: Frame,
    preview: TexturePreview,
    correction: Correction,
    encoding: Encoding,
    *,
    by_maximum: bool,
) -> CorrectedFrame:
    """A frame and its preview, corrected."""
    field = None
    if correction.field is not None:
        field = correction.field.picture(preview.lost.shape[:2]).astype(np.float32)
    colour = corrected_colour(preview.colour, correction.gains, field, by_maximum=by_maximum)
    return CorrectedFrame(frame, encoding, by_maximum, correction.gains, field, preview, colour)


def corrected_colour(
    colour: Array, gains: Array, field: Array | None, *, by_maximum: bool
) -> Array:
    """Display colours (h, w, 3) float32 through tone curves, then through a field (h, w)."""
    out = np.empty_like(colour)
    curves = curves_of(gains, Encoding.SRGB, by_maximum=by_maximum)
    apply_curves(np.ascontiguousarray(colour), curves, out)
    return out if field is None else out * elementwise.exp(field)[..., None]


def flows(memo: Memo, first: Array, second: Array) -> tuple[Array, Array]:
    """Flow (h/2, w/2, 2) from one corrected luma (h, w) to a later one, and back; remembered."""
    key = "texture flows", digest_of(first), digest_of(second)
    return memo.get(key, lambda: (luma_flow(first, second), luma_flow(second, first)))
