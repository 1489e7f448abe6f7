# SPDX-License-Identifier: Apache-2.0
"""Estimation of a frame's flicker from its window, by the method that is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

import numpy as np

from ..colour.levels import LEVELS, toned
from ..inference.networks import Networks
from ..kernels import elementwise
from ..kernels.elementwise import LN_2
from ..memo import Memo
from ..motion import fields
from ..motion.fields import Basis, Solver
from ..motion.links import linked
from ..motion.preview import Preview, preview_of
from ..motion.window import Neighbour, Window, recentred
from . import classical, lfista
from .classical import Measurement
from .estimate import FlickerEstimate
from .light_model import light_model
from .light_path import followed
from .local import DEAD_ZONE, Field, Fit
from .network_field import GFRM, TCM, learned_field
from .network_inputs import NetworkInputs, network_inputs
from .settings import EstimateSettings, LearnedStages
from .smoothing import soft_step

#: Frames on each side that the temporal stage looks at: at most, and as a part of the radius, of
#: which they cost the window of every frame as many.
NEXT, NEXT_OF_RADIUS = 4, 8
#: Change of light (stops) between corrected frames from which it is meant, as where a lamp goes on.
MEANT = 0.15
#: Part of the field that the exact solver has in it where it is sure of its own.
SOLVERS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class CorrectedWindow:
    """The frames next to a frame, each corrected by itself."""

    window: Window
    estimate: FlickerEstimate  # of the centre

    @property
    def inputs(self) -> NetworkInputs:
        """Inputs of the temporal stage: curves have done their part, no solver ran."""
        nothing = np.ones((3, len(LEVELS)))
        return network_inputs(
            self.window, (), nothing, solver_ran=False, field=None, corrected=True
        )


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates with one set of settings; `memo` keeps what neighbouring windows share."""

    settings: EstimateSettings
    networks: Networks
    memo: Memo

    def estimate(self, window: Window) -> FlickerEstimate:
        """The flicker of the centre of `window`.

        Raises ModelError where a network is wanted that cannot run.
        """
        learned = self.settings.learned
        if learned is None:
            return self.measure(window).estimate
        if learned.temporal_stage > 0:
            return self._with_temporal_stage(window, learned)
        return self._cached_estimate(window)

    def measure(self, window: Window) -> Measurement:
        """The classical method's part."""
        return classical.measure(window, self.settings, self._fit, self.memo)

    def corrected_window(self, window: Window) -> CorrectedWindow:
        """The frames that the temporal stage looks at: up to `NEXT` on each side, in one light."""
        reach, inner = self._inner()
        shot = window.shot
        near = [index for index, frame in enumerate(shot) if abs(frame.offset) <= reach]
        found = {i: inner.corrected(recentred(shot, i, inner.settings.radius)) for i in near}
        previews = {i: preview for i, (_, preview) in found.items()}
        here = next(index for index in near if shot[index].offset == 0)

        def neighbour(index: int) -> Neighbour:
            first, second = (index - 1, index) if index > here else (index, index + 1)
            link = linked(self.memo, previews[first], previews[second], self._basis.bands)
            return Neighbour(shot[index].offset, previews[index], link)

        def in_one_light(side: Iterable[int]) -> tuple[Neighbour, ...]:
            ways = (neighbour(index) for index in side)
            return tuple(takewhile(lambda n: np.abs(n.link.light.stops).max() < MEANT, ways))

        before = in_one_light(index for index in near[::-1] if index < here)
        after = in_one_light(index for index in near if index > here)
        return CorrectedWindow(Window(previews[here], before, after), found[here][0])

    def corrected(self, window: Window) -> tuple[FlickerEstimate, Preview]:
        """The estimate of the centre of `window` alone, and the centre corrected by it."""
        found = self._cached_estimate(window)
        key = ("corrected preview", *self._key(window))
        return found, self.memo.get(key, lambda: _evened(window.centre, found))

    def estimates_near(self, window: Window, offsets: Sequence[int]) -> list[FlickerEstimate]:
        """Estimates of frames of a window, each by itself, as all frames around find them.

        Their windows are narrower, so that most of them lie whole in those of all frames around.
        Raises ModelError as `estimate` does.
        """
        _, inner = self._inner()
        shot, radius = window.shot, inner.settings.radius
        places = {frame.offset: index for index, frame in enumerate(shot)}
        return [inner._cached_estimate(recentred(shot, places[o], radius)) for o in offsets]

    @property
    def _basis(self) -> Basis:
        assert self.settings.basis is not None, "what is learned is about local flicker"
        return self.settings.basis

    @property
    def _fit(self) -> Fit:
        if self.settings.solver is Solver.UNROLLED:
            return partial(lfista.fit_unrolled, self.networks)
        return fields.fit_fields

    def _key(self, window: Window) -> tuple[object, ...]:
        return window.digest, self.settings, self.networks.device

    def _cached_estimate(self, window: Window) -> FlickerEstimate:
        """The estimate by this window alone."""
        key = ("flicker estimate", *self._key(window))
        return self.memo.get(key, lambda: self._single_window(window))

    def _single_window(self, window: Window) -> FlickerEstimate:
        measured, learned = self.measure(window), self.settings.learned
        found = measured.estimate
        if learned is None or learned.light_stage == 0 or not measured.is_open:
            return found
        light = learned_field(measured.inputs, self._basis, GFRM, self.networks)
        # What little is found where nothing flickers is noise.
        kept = 1 - np.square(DEAD_ZONE / max(light.deviation, DEAD_ZONE))
        kept *= 1 - float(soft_step(np.array(light.largest_stops), self.settings.keep_above))
        kept *= 1 - measured.meant
        if kept == 0 and found.field is None:
            return found
        light = light.times(kept)
        # Where the solver is sure as well, both err, and not alike: their mean errs less.
        share = 1 - SOLVERS_SHARE * measured.believed
        blended = light.blended(found.field, share * learned.light_stage)
        return replace(found, field=blended, light_stage=light)

    def _with_temporal_stage(self, window: Window, learned: LearnedStages) -> FlickerEstimate:
        """The estimate by this window, and what the corrected neighbours find it still lacks.

        Each neighbour is corrected by a window so much narrower that all of it lies in this one.
        """
        corrected = self.corrected_window(window)
        found = corrected.estimate
        if found.is_nothing:
            return found
        if found.field is None and not self._flickers(window):
            return replace(found, relative_deficit=None)
        added = learned_field(corrected.inputs, self._basis, TCM, self.networks)
        added = _as_sure_as(found, added.times(learned.temporal_stage))
        field = added if found.field is None else found.field.plus(added)
        return replace(found, field=field, temporal_stage=added)

    def _flickers(self, window: Window) -> bool:
        """Whether light flickers by all of the window; in a part the bend of a fade looks so."""
        settings = self.settings
        light = light_model(followed(window), settings.steadiness, settings.keep_above)
        return light.certainty > 0

    def _inner(self) -> tuple[int, Estimator]:
        """Frames on each side that are corrected by themselves, and how: by narrower windows."""
        reach = min(NEXT, self.settings.radius // NEXT_OF_RADIUS)
        inner = replace(self.settings, radius=self.settings.radius - reach)
        if inner.learned is not None:
            inner = replace(inner, learned=replace(inner.learned, temporal_stage=0.0))
        return reach, replace(self, settings=inner)


def _as_sure_as(found: FlickerEstimate, added: Field) -> Field:
    """Part of what the temporal stage adds that is as sure as what it is added to.

    Its mean is the light of the whole frame, of which it may lack no more than flickers; what
    differs over the frame is sure where a field is.
    """
    sure, most = 0.0, 0.0
    if found.light is not None:
        sure, most = found.light.certainty, LN_2 * found.light.deviation
    varying = sure if found.field is None else 1.0
    coefficients = varying * added.coefficients
    mean = added.basis.families == 0
    coefficients[mean] = sure * np.clip(added.coefficients[mean], -most, most)
    return Field(added.basis, coefficients)


def _evened(preview: Preview, estimate: FlickerEstimate) -> Preview:
    if estimate.is_nothing:
        return preview
    correction = estimate.correction(1.0, 1.0)
    colour = toned(preview.colour, correction.gains)
    if correction.field is not None:
        picture = correction.field.picture(preview.structure.shape)
        colour = colour * elementwise.exp(picture).astype(np.float32)[..., None]
    return preview_of(colour, preview.known, preview.picture)
