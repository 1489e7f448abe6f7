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
from ..motion.preview import Proxy, proxy_of
from ..motion.window import Neighbour, Window, recentred
from .equalise import equalise, flicker_amount, soft_step, tone_curves
from .local import DEAD_ZONE, Field, spatial_field
from .matching import Pair, compare
from .network_field import GFRM, TCM, learned_field
from .network_inputs import Evidence, gather_evidence

#: Raised with every change after which the same frames give another `Light`: what an analysis file
#: holds of the old one is refused then. `tests/unit/flicker/test_estimate.py` notices.
REVISION = 2
#: Frames on each side that the temporal stage looks at.
NEXT = 4


@dataclass(frozen=True, slots=True)
class Learned:
    """How much of each learned stage is wanted, 0..1, and where networks run."""

    light: float = 1.0  # GFRM
    steady: float = 0.0  # TCM
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
    light: Field | None = None  # what GFRM found, as part of `field`
    left: Field | None = None  # what the temporal stage added to it


@dataclass(frozen=True, slots=True)
class Light:
    """What is found of a frame against its neighbours, whatever part of it is wanted."""

    lacking: Array | None  # (3, len(LEVELS)), see `equalise`; None where there is no global flicker
    field: Field | None
    # What learned stages did, for views; no analysis holds it.
    light: Field | None = None  # what GFRM found, as part of `field`
    left: Field | None = None  # what the temporal stage added to it

    @property
    def is_nothing(self) -> bool:
        """Whether the frame is left alone."""
        return self.field is None and (self.lacking is None or not self.lacking.any())

    def correction(self, strength: float, local: float) -> Correction:
        """The part of it that is asked for."""
        gains = np.ones((3, len(LEVELS)))
        if strength == 0:
            return Correction(gains)
        if self.lacking is not None:
            gains = tone_curves(self.lacking, strength)
        if local == 0:
            return Correction(gains)
        parts = (self.field, self.light, self.left)
        return Correction(gains, *(part and part.times(strength * local) for part in parts))


@dataclass(frozen=True, slots=True)
class Measured:
    """What the classical method finds out about a window."""

    window: Window
    pairs: Sequence[Pair]
    asked: bool  # whether a field was looked for
    light: Light

    @property
    def is_open(self) -> bool:
        """Whether the light stage has anything to do: flicker was found, or only it can find it."""
        return not (self.asked and self.light.lacking is None and self.light.field is None)

    @property
    def evidence(self) -> Evidence:
        """What the light stage is shown."""
        gains = self.light.correction(1.0, 0.0).gains
        return gather_evidence(
            self.window, self.pairs, gains, asked=self.asked, field=self.light.field
        )


def find_correction(window: Window, settings: Settings) -> Correction:
    """What brings the centre of `window` to its neighbours' light, as far as the user wants it.

    Raises ModelError as `find_light` does.
    """
    if settings.strength == 0:
        return Correction(np.ones((3, len(LEVELS))))
    return find_light(window, settings).correction(settings.strength, settings.local)


def find_light(window: Window, settings: Settings) -> Light:
    """What the centre of `window` lacks, whatever `strength` is, and `local` where it is above 0.

    Raises ModelError where a network is wanted that cannot run.
    """
    if settings.learned is None:
        return measure_classical(window, settings).light
    if settings.learned.steady > 0:
        return _steadied(window, settings, settings.learned)
    return _remembered(window, settings)


def measure_classical(window: Window, settings: Settings) -> Measured:
    """What the centre of `window` lacks, without networks that choose.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    amount, field, lacking = flicker_amount(window), None, None
    pairs = compare(window) if amount > 0 else []
    asked = settings.local > 0 and settings.solver is not Solver.NONE
    if asked:
        field, pairs = spatial_field(
            window, pairs, settings.basis, settings.solver, settings.radius, settings.keep_above
        )
    if amount > 0:
        lacking = equalise(pairs, settings.radius, settings.keep_above, amount)
    return Measured(window, pairs, asked, Light(lacking, field))


#: What networks found of a frame, so that none is put to them twice, and the frame in that light.
_FOUND: Cache[Light] = Cache(512)
_EVENED: Cache[Proxy] = Cache(64)


def _remembered(window: Window, settings: Settings) -> Light:
    """What this window alone says."""
    same = replace(settings, strength=1.0, local=float(settings.local > 0))
    return _FOUND.get((window.digest, same), lambda: _one(window, same))


def _one(window: Window, settings: Settings) -> Light:
    measured, learned = measure_classical(window, settings), settings.learned
    found = measured.light
    if learned is None or learned.light == 0 or not measured.is_open:
        return found
    light = learned_field(measured.evidence, settings.basis, GFRM, learned.device)
    # What little is found where nothing flickers is noise.
    kept = 1 - (DEAD_ZONE / max(light.deviation, DEAD_ZONE)) ** 2
    kept *= 1 - float(soft_step(np.array(light.largest_stops), settings.keep_above))
    if kept == 0 and found.field is None:
        return found
    light = light.times(kept)
    return Light(found.lacking, light.blended(found.field, learned.light), light)


def _steadied(window: Window, settings: Settings, learned: Learned) -> Light:
    """What this window says, and what the corrected neighbours find it still lacks.

    Each neighbour is corrected by a window so much narrower that all of it lies in this one.
    """
    corrected = corrected_window(window, settings)
    found = corrected.light
    if found.is_nothing:
        return found
    left = learned_field(corrected.evidence, settings.basis, TCM, learned.device)
    left = left.times(learned.steady)
    field = left if found.field is None else found.field.plus(left)
    return Light(found.lacking, field, found.light, left)


@dataclass(frozen=True, slots=True)
class CorrectedWindow:
    """The frames next to a frame, each corrected by itself."""

    window: Window
    light: Light  # of the centre

    @property
    def evidence(self) -> Evidence:
        """What the temporal stage is shown: curves have done their part, nothing is asked."""
        nothing = np.ones((3, len(LEVELS)))
        return gather_evidence(self.window, (), nothing, asked=False, field=None, corrected=True)


def corrected_window(window: Window, settings: Settings) -> CorrectedWindow:
    """What the temporal stage looks at: up to `NEXT` frames on each side."""
    reach, inner = _inner(settings)
    shot = window.shot
    near = [index for index, frame in enumerate(shot) if abs(frame.offset) <= reach]
    found = {i: _corrected(recentred(shot, i, inner.radius), inner) for i in near}
    proxies = {i: proxy for i, (_, proxy) in found.items()}
    here = next(index for index in near if shot[index].offset == 0)

    def neighbour(index: int) -> Neighbour:
        first, second = (index - 1, index) if index > here else (index, index + 1)
        bond = linked(proxies[first], proxies[second], settings.basis.bands)
        return Neighbour(shot[index].offset, proxies[index], bond)

    before = tuple(neighbour(index) for index in near[::-1] if index < here)
    after = tuple(neighbour(index) for index in near if index > here)
    return CorrectedWindow(Window(proxies[here], before, after), found[here][0])


def _corrected(window: Window, settings: Settings) -> tuple[Light, Proxy]:
    """The light of the centre of `window`, and what the centre looks like in it."""
    light = _remembered(window, settings)
    key = window.digest, settings
    return light, _EVENED.get(key, lambda: _evened(window.centre, light))


def lights_near(window: Window, settings: Settings, offsets: Sequence[int]) -> list[Light]:
    """The light of frames of a window, each by itself, as all frames around find it.

    Their windows are narrower, so that most of them lie whole in those of all frames around.
    Raises ModelError as `find_light` does.
    """
    _, inner = _inner(settings)
    shot = window.shot
    places = {frame.offset: index for index, frame in enumerate(shot)}
    return [_remembered(recentred(shot, places[o], inner.radius), inner) for o in offsets]


def _inner(settings: Settings) -> tuple[int, Settings]:
    """Frames on each side that are corrected by themselves, and how: by narrower windows."""
    reach = min(NEXT, settings.radius // 2)
    inner = replace(settings, radius=settings.radius - reach)
    if inner.learned is not None:
        inner = replace(inner, learned=replace(inner.learned, steady=0.0))
    return reach, inner


def _evened(proxy: Proxy, light: Light) -> Proxy:
    if light.is_nothing:
        return proxy
    correction = light.correction(1.0, 1.0)
    colour = toned(proxy.colour, correction.gains)
    if correction.field is not None:
        picture = correction.field.basis.picture(
            correction.field.coefficients, proxy.structure.shape
        )
        colour = colour * np.exp(picture).astype(np.float32)[..., None]
    return proxy_of(colour)
