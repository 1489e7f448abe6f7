# SPDX-License-Identifier: Apache-2.0
"""Inputs of the networks: the filtered illumination of BlazeBVD, cell by cell.

BlazeBVD gives its networks the frame and an illumination filtered by the histograms of whole frames
(eq. 4), which holds nothing about flicker that differs over the frame. Here every neighbour that
shows the same scene point says how much brighter it is there after its tone curve, and the networks
choose whom to believe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..colour.levels import toned
from ..colour.luma import QUIET, luma_of
from ..frames import Array
from ..kernels import elementwise
from ..kernels.constants import SUREST
from ..motion.fields import relate
from ..motion.preview import MATCH
from ..motion.window import Window
from .local import Field
from .matching import Pair, steps_of

#: Neighbours that speak for themselves, by offset, and ranges of |offset| that speak as one.
ALONE = (-4, -3, -2, -1, 1, 2, 3, 4)
TOGETHER = ((5, 8), (9, 16), (17, 60))
#: Everything that may be believed: neighbours, ranges of them, and the exact solver's field.
CANDIDATES = len(ALONE) + len(TOGETHER) + 1
#: Pictures that are no candidates: `NetworkInputs.context`.
CONTEXT = 4
#: |difference of structure| up to which uncorrected neighbours speak: where a frame is flat, light
#: that differs over it changes the structure. Were only those cells to speak that look the same,
#: light that differs little would be all that is heard of (of bands, two thirds).
_LOOSE = 1.5
#: Largest relation that is believed: e^2 is 2.9 stops.
_LARGEST = np.float32(2.0)


@dataclass(frozen=True, slots=True)
class NetworkInputs:
    """All (n, h, w) float32, by cells of the centre's preview."""

    log_gain: Array  # CANDIDATES: natural logarithm of the gain that each finds lacking
    confidence: Array  # CANDIDATES: 0 (says nothing) to 1
    context: Array  # CONTEXT: log2 of luma, log2 of what the tone curve did, roughness, spread
    evened: Array  # 3: the centre's colours after the tone curve, display values


def network_inputs(
    window: Window,
    pairs: Sequence[Pair],
    gains: Array,
    *,
    solver_ran: bool,
    field: Field | None,
    corrected: bool = False,
) -> NetworkInputs:
    """Inputs on the centre of `window`, whose tone curves are `gains` (3, levels).

    `pairs` hold the curves of the neighbours; none where there is no global flicker. `solver_ran`
    says whether the exact solver did; `field` is what it found. `corrected` says that the
    neighbours' flicker is out of them.
    """
    match = float(MATCH) if corrected else _LOOSE
    offsets, values, weights = _relations(window, pairs, match)
    shape = window.centre.structure.shape
    log_gain = np.zeros((CANDIDATES, *shape), np.float32)
    confidence = np.zeros((CANDIDATES, *shape), np.float32)
    chosen = [offsets == offset for offset in ALONE]
    chosen += [(np.abs(offsets) >= low) & (np.abs(offsets) <= high) for low, high in TOGETHER]
    for place, members in enumerate(chosen):
        if members.any():
            log_gain[place], total = _mean(values[members], weights[members])
            confidence[place] = total / members.sum()
    if solver_ran:
        confidence[-1] = 1
        if field is not None:
            log_gain[-1] = field.picture(shape)
    evened = toned(window.centre.colour, gains)
    luma, before = (elementwise.log2(luma_of(c) + QUIET) for c in (evened, window.centre.colour))
    context = np.stack([luma, luma - before, *_restlessness(offsets, values, weights)])
    return NetworkInputs(
        log_gain, confidence, context.astype(np.float32), np.moveaxis(evened, 2, 0)
    )


def _relations(window: Window, pairs: Sequence[Pair], match: float) -> tuple[Array, Array, Array]:
    """Offsets (n,) in order of time, relations and certainties (n, h, w) of all neighbours."""
    curves = {pair.offset: pair.gains for pair in pairs}
    shape = window.centre.structure.shape
    found: list[tuple[int, Array, Array]] = []
    for side in (window.before, window.after):
        own = [curves.get(neighbour.offset) for neighbour in side]
        values, weights = relate(window.centre, steps_of(window.centre, side, {}), own, match)
        for neighbour, value, weight in zip(side, values, weights, strict=True):
            if not pairs or neighbour.offset in curves:
                found.append((neighbour.offset, value.reshape(shape), weight.reshape(shape)))
    found.sort(key=lambda one: one[0])
    if not found:
        return np.zeros(0, int), np.zeros((0, *shape)), np.zeros((0, *shape))
    offsets, values, weights = (np.array(part) for part in zip(*found, strict=True))
    values = np.clip(values, -_LARGEST, _LARGEST).astype(np.float32)
    return offsets, values, weights.astype(np.float32) / SUREST


def _mean(values: Array, weights: Array) -> tuple[Array, Array]:
    total = weights.sum(axis=0)
    return (values * weights).sum(axis=0) / np.maximum(total, np.float32(1e-6)), total


def _restlessness(offsets: Array, values: Array, weights: Array) -> tuple[Array, Array]:
    """How much light jumps from one frame to the next (h, w), and how far it spreads in all.

    What flickers has both; what drifts, as a cloud's shadow does, only the second.
    """
    shape = values.shape[1:]
    if len(offsets) < 2:
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    # The centre is its own neighbour, of which it differs by nothing.
    here = int(np.searchsorted(offsets, 0))
    values = np.insert(values, here, 0, axis=0)
    weights = np.insert(weights, here, 1, axis=0)
    both = np.minimum(weights[1:], weights[:-1])
    jumps, _ = _mean(np.square(values[1:] - values[:-1]), both)
    level, _ = _mean(values, weights)
    spread, _ = _mean(np.square(values - level), weights)
    return np.sqrt(jumps), np.sqrt(spread)
