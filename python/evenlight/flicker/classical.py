# SPDX-License-Identifier: Apache-2.0
"""Estimation without networks that choose: scale-time equalisation and the exact solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..memo import Memo
from ..motion.fields import Solver
from ..motion.window import Window
from .equalise import equalise
from .estimate import FlickerEstimate
from .light_model import light_model
from .light_path import followed
from .local import Fit, LocalLight, local_field
from .matching import Pair, compare
from .network_inputs import NetworkInputs, network_inputs
from .settings import EstimateSettings


@dataclass(frozen=True, slots=True)
class Measurement:
    """A window as the classical method measures it."""

    window: Window
    pairs: Sequence[Pair]
    solver_ran: bool  # whether a field was looked for
    estimate: FlickerEstimate
    believed: float  # 0..1, how far the estimate's field is
    meant: float  # 0..1, how far what differs over the frame is an event of the scene

    @property
    def is_open(self) -> bool:
        """Whether the light stage has anything to do: flicker was found, or only it can find it."""
        found = self.estimate
        return not (self.solver_ran and found.relative_deficit is None and found.field is None)

    @property
    def inputs(self) -> NetworkInputs:
        """Inputs of the light stage."""
        gains = self.estimate.correction(1.0, 0.0).gains
        return network_inputs(
            self.window,
            self.pairs,
            gains,
            solver_ran=self.solver_ran,
            field=self.estimate.field,
        )


def measure(window: Window, settings: EstimateSettings, fit: Fit, memo: Memo) -> Measurement:
    """Flicker of the centre of `window`; fields are fitted by `fit`.

    Global flicker is measured first. Where it leaves something that differs over the frame, the
    fields are taken out of the neighbours and the curves are measured once more.
    """
    path = followed(window)
    light = light_model(path, settings.steadiness, settings.keep_above)
    deficit, local = None, LocalLight(None, [])
    flickers = light.certainty > 0
    pairs = compare(window) if flickers else []
    solver_ran = settings.basis is not None and settings.solver is not Solver.NONE
    if settings.basis is not None and solver_ran:
        local = local_field(window, pairs, settings.basis, fit, settings.keep_above, memo)
        pairs = local.pairs
        path = followed(window, local.believed)
    if flickers or local.field is not None:
        path = path.told_by(window, pairs)
        light = light_model(path, settings.steadiness, settings.keep_above)
    if light.certainty > 0:
        centre = window.centre.colour
        deficit = equalise(pairs, centre, settings.radius, settings.keep_above, light)
    estimate = FlickerEstimate(deficit, local.field, light=light)
    return Measurement(window, pairs, solver_ran, estimate, local.believed, local.meant)
