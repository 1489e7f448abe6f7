# SPDX-License-Identifier: Apache-2.0
"""All that is done to one frame against flicker: a tone curve, and a field over the frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .equalise import equalise, flicker_amount
from .fields import Basis, Solver
from .levels import LEVELS
from .matching import compare
from .spatial import Field, spatial_field
from .window import Window


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


def find_correction(window: Window, settings: Settings) -> Correction:
    """What brings the centre of `window` to its neighbours' light.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    gains, field = np.ones((3, len(LEVELS))), None
    if settings.strength == 0:
        return Correction(gains)
    amount = flicker_amount(window)
    pairs = compare(window) if amount > 0 else []
    if settings.local > 0:
        field, pairs = spatial_field(
            window, pairs, settings.basis, settings.solver, settings.radius, settings.keep_above
        )
        if field is not None:
            field = field.times(settings.strength * settings.local)
    if amount > 0:
        gains = equalise(pairs, settings.radius, settings.keep_above, amount, settings.strength)
    return Correction(gains, field)
