# SPDX-License-Identifier: Apache-2.0
"""Previews in which blotches are detected: luma of at most 640 pixels a side, in one light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding
from ..colour.levels import LEVELS
from ..colour.luma import luma_of
from ..colour.tone import curves_of
from ..flicker.estimate import Correction
from ..flicker.gain_map import gain_map_of
from ..flicker.local import Field
from ..flicker.matching import compare
from ..frames import Array, Frame
from ..kernels import opencv
from ..kernels.pixels import apply_curves
from ..memo import Memo
from ..motion.dense import structure_of
from ..motion.fields import Bands, Basis, Step, fit_fields, relate
from ..motion.links import among_known, linked
from ..motion.preview import Preview, Region, digest_of, reduced, saved_reading
from ..motion.preview import measure as small_preview
from ..motion.window import Neighbour, Window
from ..placement import known_cells

#: Longest side of the picture that is looked at, in pixels.
LONGEST_SIDE = 640
#: Terms of the field that takes out what differs between two frames' light.
_BASIS = Basis(6, Bands.ROWS)
#: Share of the difference of two frames' light that may be left: where more is, there is no flicker
#: between them, and evening would only do harm, most of all to a sky that is clipped.
_WORTH = 0.7


@dataclass(frozen=True, slots=True)
class BlotchPreview:
    """One frame as it is looked at."""

    luma: Array  # (h, w) float32 on the display-like scale
    structure: Array  # of `luma`, (h/2, w/2) uint8
    preview: Preview
    digest: bytes  # equal for equal luma, equally known
    known: Array | None = None  # (h, w) bool; None where all of the frame is known


def blotch_preview(memo: Memo, frame: Frame, time: float, encoding: Encoding) -> BlotchPreview:
    """The preview of the frame at `time`; where the frame has a name its reading is saved."""
    key = "blotch preview", encoding
    return saved_reading(memo, frame, time, key, lambda: measure(frame, encoding))


def measure(frame: Frame, encoding: Encoding) -> BlotchPreview:
    """The preview of a frame."""
    luma = np.maximum(luma_of(reduced(frame, LONGEST_SIDE, encoding)), 0).astype(np.float32)
    preview = small_preview(frame, Region(), encoding, by_maximum=False)
    known = known_cells(frame, luma.shape)
    structure = structure_of(luma)
    return BlotchPreview(luma, structure, preview, digest_of(luma, known), known)


def reduced_mask(white: Array, preview: BlotchPreview | None) -> Array:
    """Where a mask (H, W) is white, in the looked-at picture (h, w) bool."""
    assert preview is not None
    size = preview.luma.shape[1], preview.luma.shape[0]
    return np.asarray(opencv.resize(white, size, interpolation=opencv.INTER_AREA) > 0.5)


def same_shot(memo: Memo, first: BlotchPreview, second: BlotchPreview) -> bool:
    """Whether two frames, the earlier first, belong to one shot."""
    return linked(memo, first.preview, second.preview).same_shot


def light_between(
    memo: Memo, source: BlotchPreview, target: BlotchPreview, *, earlier: bool
) -> Correction:
    """Correction that brings `source` into the light of `target`; `earlier` if it comes first."""
    key = ("light between", source.preview.digest, target.preview.digest, earlier)
    return memo.get(key, lambda: _light(memo, source.preview, target.preview, earlier))


def _light(memo: Memo, source: Preview, target: Preview, earlier: bool) -> Correction:
    first, second = (source, target) if earlier else (target, source)
    bond = linked(memo, first, second)
    neighbour = Neighbour(1 if earlier else -1, target, bond)
    empty: tuple[Neighbour, ...] = ()
    window = Window(source, *((empty, (neighbour,)) if earlier else ((neighbour,), empty)))
    pairs = compare(window)
    if not pairs:
        return Correction(np.ones((3, len(LEVELS))))
    gains = pairs[0].gains
    flow = among_known(bond.forward if earlier else bond.backward, source, target)
    step = (target.structure, target.colour, flow, None)
    fitted = fit_fields(source, [step], [gains], _BASIS)
    if fitted.deviations[0] > _WORTH * _difference(source, step):
        return Correction(np.ones((3, len(LEVELS))))
    return Correction(gains, Field(_BASIS, fitted.coefficients[0]))


def _difference(source: Preview, step: Step) -> float:
    """Deviation of the logarithm of two frames' light, nothing evened."""
    (relation,), (weights,) = relate(source, [step], [None])
    spoken = weights > 0
    if not spoken.any():
        return 0.0
    size = np.abs(relation) * np.sqrt(weights / weights.mean())
    return 1.4826 * float(np.median(size[spoken]))


def in_light(luma: Array, light: Correction) -> Array:
    """A luma picture (h, w) in another light."""
    gains = light.gains.mean(axis=0, keepdims=True).repeat(3, axis=0)
    curves = curves_of(gains, Encoding.SRGB, by_maximum=False)
    gain_map = gain_map_of(light.field, Encoding.SRGB, (luma.shape[0], luma.shape[1]))
    out = np.empty((*luma.shape, 1), np.float32)
    apply_curves(np.ascontiguousarray(luma)[..., None], curves, out, gain_map=gain_map)
    return out[..., 0]
