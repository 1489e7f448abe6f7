# SPDX-License-Identifier: Apache-2.0
"""The part of the flicker that differs over the frame: one field that brings it to its neighbours.

A field is fitted to every neighbour by itself and the fields are combined afterwards: a fit to the
mean of the neighbours' pixels loses about 1 dB, and nothing is chained from frame to frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise
from ..kernels.elementwise import LN_2
from ..memo import Memo
from ..motion.fields import Basis, Fitted, Step, trust
from ..motion.preview import Preview
from ..motion.window import Window
from .matching import LEAST_MATCHED, Pair, compare, steps_of
from .smoothing import soft_step, steady_part

#: Neighbours used; more gain nothing, for scenes change and flow goes astray. Where one side ends,
#: as at the ends of shots, the other is used farther: few flickering frames are no steady light.
FIELD_FRAMES = 32
#: Neighbours that must show something before the others are looked at.
FIRST_LOOK = 8
#: Deviation over the frame (natural logarithm of gain) below which nothing is touched. What
#: motion and texture feign in clean clips stays below it.
DEAD_ZONE = 0.01
#: How much of global flicker's deviation (stops) looks like a field, where highlights clip.
LEAK = 0.1
#: Deviation of a field over that of what it leaves, by the nearest frames and by all added up:
#: below the first it is chance, above the second it is believed. Fast motion disturbs the nearest
#: least; at the ends of shots they are too few.
EXPLAINS = (1.3, 1.9)
#: How sure of a field one must be to measure the curves without it.
PLAIN_FIELD = 0.85
#: Deviations of the fields around by which a frame's own exceeds them where it is an event of the
#: scene, as lightning, and neighbours that must speak for that.
EVENT, EVENT_SPEAKERS = 3.0, 4
#: What makes a robust deviation of a median of distances.
_MAD = 1.4826


#: What fits the fields of one side: `motion.fields.fit_fields`, or the unrolled network's.
Fit = Callable[[Preview, Sequence[Step], Sequence[Array | None], Basis], Fitted]


@dataclass(frozen=True, slots=True)
class Field:
    """Natural logarithm of the gain that the current frame lacks, over its area."""

    basis: Basis
    coefficients: Array  # (terms,), the mean 0: that is the tone curve's

    @property
    def deviation(self) -> float:
        """Root of the mean square over the frame."""
        return float(np.sqrt(np.square(self.coefficients).sum()))

    @property
    def largest_stops(self) -> float:
        """The largest correction anywhere, in stops."""
        return float(np.abs(self.picture((9, 16))).max() / LN_2)

    def picture(self, shape: tuple[int, int]) -> Array:
        """The field over a picture of (h, w), (h, w) float64."""
        return self.basis.picture(self.coefficients, shape)

    def times(self, amount: float) -> Field:
        """A part of it."""
        return Field(self.basis, self.coefficients * amount)

    def blended(self, other: Field | None, amount: float) -> Field:
        """`amount` of this field, and of the other one the rest."""
        rest = 0.0 if other is None else (1 - amount) * other.coefficients
        return Field(self.basis, amount * self.coefficients + rest)

    def plus(self, other: Field) -> Field:
        """Both, one after the other."""
        return Field(self.basis, self.coefficients + other.coefficients)


@dataclass(frozen=True, slots=True)
class _Fields:
    """Of the frames that speak, by offset; the centre's own is 0."""

    coefficients: dict[int, Array]
    left: float  # deviation of what the fields leave, mean over the frames

    def largest(self, basis: Basis) -> float:
        """The largest deviation over the frame of any of them."""
        varying = basis.families > 0
        squares = [np.square(own * varying).sum() for own in self.coefficients.values()]
        return float(np.sqrt(max(squares)))


@dataclass(frozen=True, slots=True)
class LocalLight:
    """Light that differs over the centre of a window, against its neighbours."""

    field: Field | None
    pairs: list[Pair]  # without what differs over their frames, where that is sure
    believed: float = 0.0  # 0..1, how far the field is
    meant: float = 0.0  # 0..1, how far the centre's light is an event that no frame around shares


def local_field(
    window: Window,
    pairs: Sequence[Pair],
    basis: Basis,
    fit: Fit,
    keep_above: float,
    memo: Memo,
) -> LocalLight:
    """The field that evens the centre of `window`, and `pairs` without what differs over frames.

    No field where what is left beyond the tone curves of `pairs` does not differ over the frame.
    Parts brighter or darker than the neighbours' by more than `keep_above` stops are meant.
    """
    wide, near = window.nearest(FIELD_FRAMES), window.nearest(FIRST_LOOK)
    curves = {pair.offset: pair.gains for pair in pairs}
    toned = _fields(near, curves, basis, fit)
    zone = max(DEAD_ZONE, LEAK * float(np.std([pair.change for pair in pairs] or [0.0])))
    if toned.largest(basis) <= zone / 2:
        return LocalLight(None, list(pairs))
    # Light that differs over the frame bends curves that are fitted to all of it, and a change of
    # contrast bends fields: what explains the nearest frames better goes first.
    plain = _fields(near, {}, basis, fit) if curves else toned
    contrast = toned.left < plain.left
    first = toned if contrast else plain
    fields = _fields(wide, curves if contrast else {}, basis, fit)
    evened = compare(window, _lights(window, fields, basis)) if pairs else []
    if contrast:
        curves = {pair.offset: pair.gains for pair in evened}
        fields = _fields(wide, curves, basis, fit)
        evened = compare(window, _lights(window, fields, basis))
    found = _steady(fields, basis, memo)
    shrunk = 1 - np.square(zone / max(found.deviation, zone))
    explained = _explained(found, fields) + _explained(_steady(first, basis, memo), first)
    explained *= min(1.0, len(fields.coefficients) / FIELD_FRAMES)
    shrunk *= trust(explained, 1.0, EXPLAINS)
    kept = 1 - float(soft_step(np.array(found.largest_stops), keep_above))
    meant = _of_an_event(fields)
    believed = float(shrunk * kept * (1 - meant))
    if believed == 0:
        return LocalLight(None, list(pairs), meant=meant)
    # What little there is of a faint field would be noise to the curves.
    freed = evened if shrunk > PLAIN_FIELD else list(pairs)
    return LocalLight(found.times(believed), freed, believed, meant)


def _fields(window: Window, curves: Mapping[int, Array], basis: Basis, fit: Fit) -> _Fields:
    said, left = {0: np.zeros(len(basis.frequencies))}, []
    for side in (window.before, window.after):
        own = [curves.get(neighbour.offset) for neighbour in side]
        fitted = fit(window.centre, steps_of(window.centre, side, {}), own, basis)
        for i, neighbour in enumerate(side):
            if fitted.shares[i] >= LEAST_MATCHED:
                said[neighbour.offset] = fitted.coefficients[i]
                left.append(fitted.deviations[i])
    return _Fields(said, float(np.mean(left)) if left else 0.0)


def _explained(field: Field, fields: _Fields) -> float:
    """Deviation of the level of `fields` over that of what they leave."""
    return field.deviation / max(fields.left, 1e-6)


def _of_an_event(fields: _Fields) -> float:
    """0 where the centre's field is as those around are, 1 where it is unlike all of them."""
    around = [own for offset, own in fields.coefficients.items() if offset != 0]
    if len(around) < EVENT_SPEAKERS:
        return 0.0
    middle, _, most = _spread(np.stack(around))
    return float(soft_step(np.sqrt(np.square(middle).sum()), most))


def _spread(around: Array) -> tuple[Array, Array, float]:
    """The middle (terms,) of fields (n, terms), how far each is from it, and how far they may be.

    What is farther is an event, or a field that went astray.
    """
    middle = np.median(around, axis=0)
    apart = np.sqrt(np.square(around - middle).sum(axis=1))
    return middle, apart, EVENT * max(_MAD * float(np.median(apart)), DEAD_ZONE)


def _lights(window: Window, fields: _Fields, basis: Basis) -> dict[int, Array]:
    """Gains (h, w) that even each neighbour, by cells of the centre; the mean is the curve's."""
    shape = window.centre.structure.shape
    varying = basis.families > 0
    return {
        offset: elementwise.exp(-basis.picture(own * varying, shape)).astype(np.float32)
        for offset, own in fields.coefficients.items()
        if offset != 0
    }


def _steady(fields: _Fields, basis: Basis, memo: Memo) -> Field:
    offsets = np.array(sorted(fields.coefficients))
    series = np.stack([fields.coefficients[offset] for offset in offsets])
    if len(offsets) > EVENT_SPEAKERS:
        middle, apart, most = _spread(series[offsets != 0])
        nearer = (most / np.maximum(apart, most))[:, None]
        series[offsets != 0] = middle + nearer * (series[offsets != 0] - middle)
    level = np.zeros(series.shape[1])
    families = basis.families
    for family in np.unique(families[families > 0]):
        terms = families == family
        level[terms] = steady_part(offsets, series[:, terms], memo)
    return Field(basis, level)
