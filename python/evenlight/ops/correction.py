# SPDX-License-Identifier: Apache-2.0
"""All that is done to one frame against flicker: a tone curve, and a field over the frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .equalise import equalise, flicker_amount, tone_curves
from .fields import Basis, Solver
from .levels import LEVELS
from .matching import compare
from .spatial import Field, spatial_field
from .window import Window

#: Raised with every change after which the same frames give another `Light`: what an analysis file
#: holds of the old one is refused then. `tests/unit/ops/test_correction.py` notices.
REVISION = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; see `effects.deflicker.DeflickerParams`."""

    radius: int
    keep_above: float
    strength: float
    local: float
    basis: Basis
    solver: Solver = Solver.EXACT


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one frame: values go through the tone curves, then through the field's gain."""

    gains: Array  # (3, len(LEVELS)); 1 leaves a level alone
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """What is found of a frame against its neighbours, whatever part of it is wanted."""

    lacking: Array | None  # (3, len(LEVELS)), see `equalise`; None where there is no global flicker
    field: Field | None

    def correction(self, strength: float, local: float) -> Correction:
        """The part of it that is asked for."""
        gains = np.ones((3, len(LEVELS)))
        if strength == 0:
            return Correction(gains)
        if self.lacking is not None:
            gains = tone_curves(self.lacking, strength)
        if self.field is None or local == 0:
            return Correction(gains)
        return Correction(gains, self.field.times(strength * local))


def find_correction(window: Window, settings: Settings) -> Correction:
    """What brings the centre of `window` to its neighbours' light, as far as the user wants it."""
    if settings.strength == 0:
        return Correction(np.ones((3, len(LEVELS))))
    return find_light(window, settings).correction(settings.strength, settings.local)


def find_light(window: Window, settings: Settings) -> Light:
    """What the centre of `window` lacks, whatever `settings.strength` is.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    field = None
    amount = flicker_amount(window)
    pairs = compare(window) if amount > 0 else []
    if settings.local > 0:
        field, pairs = spatial_field(
            window, pairs, settings.basis, settings.solver, settings.radius, settings.keep_above
        )
    lacking = None
    if amount > 0:
        lacking = equalise(pairs, settings.radius, settings.keep_above, amount)
    return Light(lacking, field)
