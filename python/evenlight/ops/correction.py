# SPDX-License-Identifier: Apache-2.0
"""All that is done to one frame against flicker: a tone curve, and a field over the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..frames import Array
from .cache import Cache
from .equalise import equalise, flicker_amount, soft_step
from .fields import Basis, Solver
from .inference import Device
from .learned.evidence import Evidence, gather_evidence
from .learned.field import GFRM, TCM, learned_field
from .levels import LEVELS, toned
from .matching import Pair, compare
from .motion import Link, link
from .proxy import Proxy, proxy_of
from .spatial import Field, spatial_field
from .window import Neighbour, Window, recentred

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

    @property
    def is_identity(self) -> bool:
        """Whether nothing is done."""
        return self.field is None and bool(np.all(self.gains == 1))

    def times(self, strength: float) -> Correction:
        """A part of it."""
        if strength == 1:
            return self
        parts = [
            None if part is None else part.times(strength)
            for part in (self.field, self.light, self.left)
        ]
        return Correction(1 + strength * (self.gains - 1), *parts)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the classical stage found out about a window."""

    window: Window
    amount: float  # 0..1: how sure it is that the whole frame flickers
    pairs: Sequence[Pair]
    asked: bool  # whether a field was looked for
    field: Field | None
    gains: Array  # (3, len(LEVELS)) at full strength

    @property
    def flickers(self) -> bool:
        """Whether there is anything to be done."""
        return self.amount > 0 or self.field is not None

    @property
    def evidence(self) -> Evidence:
        """What the learned stages are shown."""
        return gather_evidence(
            self.window, self.pairs, self.gains, asked=self.asked, field=self.field
        )


def measure_classical(window: Window, settings: Settings) -> Measured:
    """The curves and the field that bring the centre of `window` to its neighbours' light.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    amount, field = flicker_amount(window), None
    pairs = compare(window) if amount > 0 else []
    if settings.local > 0:
        field, pairs = spatial_field(
            window, pairs, settings.basis, settings.solver, settings.radius, settings.keep_above
        )
    gains = np.ones((3, len(LEVELS)))
    if amount > 0:
        gains = equalise(pairs, settings.radius, settings.keep_above, amount, 1.0)
    return Measured(window, amount, pairs, settings.local > 0, field, gains)


def find_correction(window: Window, settings: Settings) -> Correction:
    """What brings the centre of `window` to its neighbours' light, as much as was asked for.

    Raises ModelError where a network is wanted that cannot run.
    """
    if settings.strength == 0:
        return Correction(np.ones((3, len(LEVELS))))
    full = replace(settings, strength=1.0)
    if settings.learned is None:
        correction = _one(window, full)
    elif settings.learned.steady > 0:
        correction = _steadied(window, full, settings.learned)
    else:
        correction = _remembered(window, full)
    return correction.times(settings.strength)


#: What was found of a frame by networks, so that none is put to them twice.
_FOUND: Cache[Correction] = Cache(512)
_LINKS: Cache[Link] = Cache(256)


def _remembered(window: Window, settings: Settings) -> Correction:
    return _FOUND.get((window.digest, settings), lambda: _one(window, settings))


def _one(window: Window, settings: Settings) -> Correction:
    """The correction by this window alone."""
    measured = measure_classical(window, settings)
    field = None if measured.field is None else measured.field.times(settings.local)
    learned = settings.learned
    if learned is None or learned.light == 0 or not measured.flickers:
        return Correction(measured.gains, field)
    light = learned_field(measured.evidence, settings.basis, GFRM, learned.device)
    light = light.times(1 - float(soft_step(np.array(light.largest_stops), settings.keep_above)))
    return Correction(measured.gains, light.blended(field, learned.light), light)


def _steadied(window: Window, settings: Settings, learned: Learned) -> Correction:
    """The correction, and what the corrected neighbours find it still lacks.

    Each neighbour is corrected by a window so much narrower that all of it lies in this one.
    """
    corrected = corrected_window(window, settings)
    correction = corrected.correction
    if correction.is_identity:
        return correction
    left = learned_field(corrected.evidence, settings.basis, TCM, learned.device)
    left = left.times(learned.steady)
    field = left if correction.field is None else correction.field.plus(left)
    return Correction(correction.gains, field, correction.light, left)


@dataclass(frozen=True, slots=True)
class CorrectedWindow:
    """The frames next to a frame, each corrected by itself."""

    window: Window
    correction: Correction  # of the centre

    @property
    def evidence(self) -> Evidence:
        """What the temporal stage is shown: curves have done their part, nothing is asked."""
        nothing = np.ones((3, len(LEVELS)))
        return gather_evidence(self.window, (), nothing, asked=False, field=None)


def corrected_window(window: Window, settings: Settings) -> CorrectedWindow:
    """What the temporal stage looks at: up to `NEXT` frames on each side."""
    reach = min(NEXT, settings.radius // 2)
    inner = replace(settings, radius=settings.radius - reach)
    if inner.learned is not None:
        inner = replace(inner, learned=replace(inner.learned, steady=0.0))
    shot = window.shot
    near = [index for index, frame in enumerate(shot) if abs(frame.offset) <= reach]
    found = {i: _remembered(recentred(shot, i, inner.radius), inner) for i in near}
    proxies = {i: _evened(shot[i].proxy, found[i]) for i in near}
    here = next(index for index in near if shot[index].offset == 0)

    def neighbour(index: int) -> Neighbour:
        first, second = (index - 1, index) if index > here else (index, index + 1)
        pair = proxies[first], proxies[second]
        key = pair[0].digest, pair[1].digest, settings.basis.bands
        bond = _LINKS.get(key, lambda: link(*pair, settings.basis.bands))
        return Neighbour(shot[index].offset, proxies[index], bond)

    before = tuple(neighbour(index) for index in near[::-1] if index < here)
    after = tuple(neighbour(index) for index in near if index > here)
    return CorrectedWindow(Window(proxies[here], before, after), found[here])


def _evened(proxy: Proxy, correction: Correction) -> Proxy:
    if correction.is_identity:
        return proxy
    colour = toned(proxy.colour, correction.gains)
    if correction.field is not None:
        picture = correction.field.basis.picture(
            correction.field.coefficients, proxy.structure.shape
        )
        colour = colour * np.exp(picture).astype(np.float32)[..., None]
    return proxy_of(colour)
