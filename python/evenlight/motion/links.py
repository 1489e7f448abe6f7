# SPDX-License-Identifier: Apache-2.0
"""How one preview moves into another: dense flow blind to flicker, and a test for cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise
from ..memo import Memo
from .dense import OF_CELLS, dense_flow, warp
from .fields import SURELY, Bands, Basis, fit_fields, trust
from .light_change import LightChange, light_change
from .preview import MATCH, Preview, both_known, is_held, normalise, tracked

#: Correlation of structure below which two frames belong to different shots. Over 500 joined
#: shots the highest was 0.50; over 400 pairs inside shots 99 % lay above 0.65.
SAME_SHOT = 0.5
#: The same after their light was evened, which makes other shots too a little more alike: of 500
#: joined shots one had 0.80, the next 0.69.
SAME_SHOT_EVENED = 0.75
#: Energy that two flat pictures are taken to share.
_FLAT_ENERGY = 0.02
#: Terms along each axis of the field that evens two frames before they are followed.
FIRST_ORDER = 6
#: Cells that lead out of any picture.
_OUTSIDE = np.float32(1e6)


@dataclass(frozen=True, slots=True)
class Link:
    """Flow and likeness of two neighbouring frames, `first` the earlier one."""

    forward: Array  # (h, w, 2) float32, cells, x then y, from the first to the second
    backward: Array  # (h, w, 2) from the second to the first
    same_shot: bool
    light: LightChange  # of the second against the first
    is_held: bool  # both show one picture: the later one is no evidence


def linked(memo: Memo, first: Preview, second: Preview, bands: Bands = Bands.ROWS) -> Link:
    """The link of two previews, remembered by the content of both."""
    key = "link", first.digest, second.digest, bands
    return memo.get(key, lambda: link(first, second, bands))


def link(first: Preview, second: Preview, bands: Bands = Bands.ROWS) -> Link:
    """Follow `first` into `second` and back, their light evened before.

    Normalised structure is blind to light that changes slowly over the frame, not to bands: without
    a first fit, in which nothing moves, flow follows the bands. The light is measured free of what
    a second fit finds, along the flow, so far as that is no mere motion.
    """
    still = np.zeros((*first.structure.shape, 2), np.float32)
    evened = _structure(first, _gain(first, second, still, bands))
    forward = _flow(tracked(evened), second.tracked)
    gain = _gain(first, second, forward, bands, SURELY)
    matched = np.abs(warp(second.structure, forward) - _structure(first, gain)) < MATCH
    within = both_known(first.picture, second.picture)
    for counted in (known_along(forward, first, second), within):
        if counted is not None:
            matched &= counted
    return Link(
        forward=forward,
        backward=_flow(second.tracked, tracked(evened)),
        same_shot=_is_same_shot(first, second, evened, forward),
        light=light_change(first, second, forward, matched, gain),
        is_held=is_held(first, second),
    )


def _gain(
    first: Preview,
    second: Preview,
    flow: Array,
    bands: Bands,
    surely: tuple[float, float] | None = None,
) -> Array | None:
    """Gain (h, w) float32 from `first` to `second` along `flow`; None for none.

    The mean of its logarithm is 0. Of what it explains over what it leaves, `surely` says from
    where it is believed, and from where wholly: what motion feigns leaves much.
    """
    basis = Basis(FIRST_ORDER, bands)
    step = (second.structure, second.colour, among_known(flow, first, second), None)
    fitted = fit_fields(first, [step], [None], basis)
    if fitted.shares[0] == 0:
        return None
    varying = fitted.coefficients[0] * (basis.families > 0)
    if surely is not None:
        found = float(np.sqrt(np.square(varying).sum()))
        varying *= trust(found, float(fitted.deviations[0]), surely)
    if not varying.any():
        return None
    return elementwise.exp(basis.picture(varying, first.structure.shape)).astype(np.float32)


def _structure(preview: Preview, gain: Array | None) -> Array:
    """The structure (h, w) of a preview whose light is evened by a gain (h, w)."""
    return preview.structure if gain is None else normalise(preview.colour * gain[..., None])


def _is_same_shot(first: Preview, second: Preview, evened: Array, forward: Array) -> bool:
    if _alike(evened, forward, first, second) >= SAME_SHOT_EVENED:
        return True
    plain = _flow(first.tracked, second.tracked)
    return _alike(first.structure, plain, first, second) >= SAME_SHOT


def _alike(structure: Array, flow: Array, first: Preview, second: Preview) -> float:
    """Correlation of a structure of `first` with `second`, where both are known."""
    warped, known = warp(second.structure, flow), known_along(flow, first, second)
    if known is not None:
        structure, warped = structure[known], warped[known]
    return correlation(structure, warped)


def known_along(flow: Array, first: Preview, second: Preview) -> Array | None:
    """Cells (h, w) bool that are known, and lead to known ones along `flow`; None where all do."""
    there = None
    if second.known is not None:
        there = warp(second.known.astype(np.float32), flow) > 0.999
    return both_known(first.known, there)


def among_known(flow: Array, first: Preview, second: Preview) -> Array:
    """`flow` (h, w, 2), which leads out of the picture from and to cells that are not known."""
    known = known_along(flow, first, second)
    return flow if known is None else np.where(known[..., None], flow, _OUTSIDE)


def _flow(first: Array, second: Array) -> Array:
    """Flow (h, w, 2) in cells between tracked pictures (h, w) uint8."""
    return dense_flow(first, second, OF_CELLS)


def correlation(structure: Array, warped: Array) -> float:
    """Normalised correlation of two structures; flat ones agree with each other."""
    energy = (np.mean(structure * structure) + _FLAT_ENERGY) * (
        np.mean(warped * warped) + _FLAT_ENERGY
    )
    return float((np.mean(structure * warped) + _FLAT_ENERGY) / np.sqrt(energy))
