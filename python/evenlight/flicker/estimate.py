# SPDX-License-Identifier: Apache-2.0
"""All that is done to one frame against flicker: a tone curve, and a field over the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..cache import Cache
from ..colour.levels import LEVELS, toned
from ..frames import Array
from ..inference.sessions import Device
from ..motion.fields import Basis, Solver
from ..motion.links import linked
from ..motion.preview import Preview, preview_of
from ..motion.window import Neighbour, Window, recentred
from .equalise import equalise, flicker_amount, soft_step, tone_curves
from .local import DEAD_ZONE, Field, spatial_field
from .matching import Pair, compare
from .network_field import GFRM, TCM, learned_field
from .network_inputs import NetworkInputs, network_inputs

#: Raised with every change after which the same frames give another `FlickerEstimate`: what an
#: analysis file holds of the old one is refused then. tests/unit/flicker/test_estimate.py notices.
REVISION = 2
#: Frames on each side that the temporal stage looks at.
NEXT = 4


@dataclass(frozen=True, slots=True)
class Learned:
    """How much of each learned stage is wanted, 0..1, and where networks run."""

    light_stage: float = 1.0  # GFRM
    temporal_stage: float = 0.0  # TCM
    device: Device = Device.AUTO


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; see `effects.deflicker.DeflickerParams`."""

    radius: int
    keep_above: float
    strength: float
    local: float
    basis: Basis
    solver: Solver = Solver.EXACT
    learned: Learned | None = None  # None: the classical method


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one frame: values go through the tone curves, then through the field's gain."""

    gains: Array  # (3, len(LEVELS)); 1 leaves a level alone
    field: Field | None = None
    light_stage: Field | None = None  # what GFRM found, as part of `field`
    temporal_stage: Field | None = None  # what the temporal stage added to it


@dataclass(frozen=True, slots=True)
class FlickerEstimate:
    """What is found of a frame against its neighbours, whatever part of it is wanted."""

    relative_deficit: (
        Array | None
    )  # (3, len(LEVELS)), see `equalise`; None where there is no global flicker
    field: Field | None
    # What learned stages did, for views; no analysis holds it.
    light_stage: Field | None = None  # what GFRM found, as part of `field`
    temporal_stage: Field | None = None  # what the temporal stage added to it

    @property
    def is_nothing(self) -> bool:
        """Whether the frame is left alone."""
        return self.field is None and (
            self.relative_deficit is None or not self.relative_deficit.any()
        )

    def correction(self, strength: float, local: float) -> Correction:
        """The part of it that is solver_ran for."""
        gains = np.ones((3, len(LEVELS)))
        if strength == 0:
            return Correction(gains)
        if self.relative_deficit is not None:
            gains = tone_curves(self.relative_deficit, strength)
        if local == 0:
            return Correction(gains)
        parts = (self.field, self.light_stage, self.temporal_stage)
        return Correction(gains, *(part and part.times(strength * local) for part in parts))


@dataclass(frozen=True, slots=True)
class Measured:
    """What the classical method finds out about a window."""

    window: Window
    pairs: Sequence[Pair]
    solver_ran: bool  # whether a field was looked for
    light: FlickerEstimate

    @property
    def is_open(self) -> bool:
        """Whether the light stage has anything to do: flicker was found, or only it can find it."""
        return not (
            self.solver_ran and self.light.relative_deficit is None and self.light.field is None
        )

    @property
    def inputs(self) -> NetworkInputs:
        """What the light stage is shown."""
        gains = self.light.correction(1.0, 0.0).gains
        return network_inputs(
            self.window, self.pairs, gains, solver_ran=self.solver_ran, field=self.light.field
        )


def find_correction(window: Window, settings: Settings) -> Correction:
    """What brings the centre of `window` to its neighbours' light, as far as the user wants it.

    Raises ModelError as `estimate_flicker` does.
    """
    if settings.strength == 0:
        return Correction(np.ones((3, len(LEVELS))))
    return estimate_flicker(window, settings).correction(settings.strength, settings.local)


def estimate_flicker(window: Window, settings: Settings) -> FlickerEstimate:
    """What the centre of `window` lacks, whatever `strength` is, and `local` where it is above 0.

    Raises ModelError where a network is wanted that cannot run.
    """
    if settings.learned is None:
        return measure_classical(window, settings).light
    if settings.learned.temporal_stage > 0:
        return _with_temporal_stage(window, settings, settings.learned)
    return _cached_estimate(window, settings)


def measure_classical(window: Window, settings: Settings) -> Measured:
    """What the centre of `window` lacks, without networks that choose.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    amount, field, relative_deficit = flicker_amount(window), None, None
    pairs = compare(window) if amount > 0 else []
    solver_ran = settings.local > 0 and settings.solver is not Solver.NONE
    if solver_ran:
        field, pairs = spatial_field(
            window, pairs, settings.basis, settings.solver, settings.radius, settings.keep_above
        )
    if amount > 0:
        relative_deficit = equalise(pairs, settings.radius, settings.keep_above, amount)
    return Measured(window, pairs, solver_ran, FlickerEstimate(relative_deficit, field))


#: What networks found of a frame, so that none is put to them twice, and the frame in that light.
_FOUND: Cache[FlickerEstimate] = Cache(512)
_EVENED: Cache[Preview] = Cache(64)


def _cached_estimate(window: Window, settings: Settings) -> FlickerEstimate:
    """What this window alone says."""
    same = replace(settings, strength=1.0, local=float(settings.local > 0))
    return _FOUND.get((window.digest, same), lambda: _single_window(window, same))


def _single_window(window: Window, settings: Settings) -> FlickerEstimate:
    measured, learned = measure_classical(window, settings), settings.learned
    found = measured.light
    if learned is None or learned.light_stage == 0 or not measured.is_open:
        return found
    light = learned_field(measured.inputs, settings.basis, GFRM, learned.device)
    # What little is found where nothing flickers is noise.
    kept = 1 - (DEAD_ZONE / max(light.deviation, DEAD_ZONE)) ** 2
    kept *= 1 - float(soft_step(np.array(light.largest_stops), settings.keep_above))
    if kept == 0 and found.field is None:
        return found
    light = light.times(kept)
    return FlickerEstimate(
        found.relative_deficit, light.blended(found.field, learned.light_stage), light
    )


def _with_temporal_stage(window: Window, settings: Settings, learned: Learned) -> FlickerEstimate:
    """What this window says, and what the corrected neighbours find it still lacks.

    Each neighbour is corrected by a window so much narrower that all of it lies in this one.
    """
    corrected = corrected_window(window, settings)
    found = corrected.light
    if found.is_nothing:
        return found
    left = learned_field(corrected.inputs, settings.basis, TCM, learned.device)
    left = left.times(learned.temporal_stage)
    field = left if found.field is None else found.field.plus(left)
    return FlickerEstimate(found.relative_deficit, field, found.light_stage, left)


@dataclass(frozen=True, slots=True)
class CorrectedWindow:
    """The frames next to a frame, each corrected by itself."""

    window: Window
    light: FlickerEstimate  # of the centre

    @property
    def inputs(self) -> NetworkInputs:
        """What the temporal stage is shown: curves have done their part, nothing is solver_ran."""
        nothing = np.ones((3, len(LEVELS)))
        return network_inputs(
            self.window, (), nothing, solver_ran=False, field=None, corrected=True
        )


def corrected_window(window: Window, settings: Settings) -> CorrectedWindow:
    """What the temporal stage looks at: up to `NEXT` frames on each side."""
    reach, inner = _inner(settings)
    shot = window.shot
    near = [index for index, frame in enumerate(shot) if abs(frame.offset) <= reach]
    found = {i: _corrected(recentred(shot, i, inner.radius), inner) for i in near}
    previews = {i: preview for i, (_, preview) in found.items()}
    here = next(index for index in near if shot[index].offset == 0)

    def neighbour(index: int) -> Neighbour:
        first, second = (index - 1, index) if index > here else (index, index + 1)
        bond = linked(previews[first], previews[second], settings.basis.bands)
        return Neighbour(shot[index].offset, previews[index], bond)

    before = tuple(neighbour(index) for index in near[::-1] if index < here)
    after = tuple(neighbour(index) for index in near if index > here)
    return CorrectedWindow(Window(previews[here], before, after), found[here][0])


def _corrected(window: Window, settings: Settings) -> tuple[FlickerEstimate, Preview]:
    """The light of the centre of `window`, and what the centre looks like in it."""
    light = _cached_estimate(window, settings)
    key = window.digest, settings
    return light, _EVENED.get(key, lambda: _evened(window.centre, light))


def estimates_near(
    window: Window, settings: Settings, offsets: Sequence[int]
) -> list[FlickerEstimate]:
    """The light of frames of a window, each by itself, as all frames around find it.

    Their windows are narrower, so that most of them lie whole in those of all frames around.
    Raises ModelError as `estimate_flicker` does.
    """
    _, inner = _inner(settings)
    shot = window.shot
    places = {frame.offset: index for index, frame in enumerate(shot)}
    return [_cached_estimate(recentred(shot, places[o], inner.radius), inner) for o in offsets]


def _inner(settings: Settings) -> tuple[int, Settings]:
    """Frames on each side that are corrected by themselves, and how: by narrower windows."""
    reach = min(NEXT, settings.radius // 2)
    inner = replace(settings, radius=settings.radius - reach)
    if inner.learned is not None:
        inner = replace(inner, learned=replace(inner.learned, temporal_stage=0.0))
    return reach, inner


def _evened(preview: Preview, light: FlickerEstimate) -> Preview:
    if light.is_nothing:
        return preview
    correction = light.correction(1.0, 1.0)
    colour = toned(preview.colour, correction.gains)
    if correction.field is not None:
        picture = correction.field.basis.picture(
            correction.field.coefficients, preview.structure.shape
        )
        colour = colour * np.exp(picture).astype(np.float32)[..., None]
    return preview_of(colour, preview.known)
