# SPDX-License-Identifier: Apache-2.0
"""The flicker of one frame, as it is estimated and as it is corrected: tone curves and a field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import DISPLAY_POWER
from ..colour.levels import LEVELS
from ..frames import Array
from ..kernels import elementwise
from .equalise import tone_curves
from .light_model import LightModel
from .local import Field

#: Raised with every change after which the same frames give another `FlickerEstimate`: what an
#: analysis file holds of the old one is refused then. tests/unit/flicker/test_estimate.py notices.
REVISION = 9


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one frame: values go through the tone curves, then through the field's gain."""

    gains: Array  # (3, len(LEVELS)); 1 leaves a level alone
    field: Field | None = None
    light_stage: Field | None = None  # the part of `field` that GFRM found
    temporal_stage: Field | None = None  # what TCM added to it

    @property
    def is_nothing(self) -> bool:
        """Whether every value stays as it is."""
        return self.field is None and bool((self.gains == 1).all())


@dataclass(frozen=True, slots=True)
class FlickerEstimate:
    """Difference of a frame's light to that of its neighbours, whatever part of it is corrected."""

    #: (3, len(LEVELS)), see `equalise`; None where there is no global flicker.
    relative_deficit: Array | None
    field: Field | None
    # Parts of the field, and the model that the deficit follows; no analysis holds them.
    light_stage: Field | None = None
    temporal_stage: Field | None = None
    light: LightModel | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the frame is left alone."""
        deficit = self.relative_deficit
        return self.field is None and (deficit is None or not deficit.any())

    def correction(self, strength: float, local: float, trim: float = 0.0) -> Correction:
        """The part that is asked for: `strength` of all, `local` of what differs over the frame.

        `trim` stops of exposure come on top, whatever the strength.
        """
        gains = np.ones((3, len(LEVELS)))
        if strength > 0 and self.relative_deficit is not None:
            gains = tone_curves(self.relative_deficit, strength)
        if trim != 0:
            gains = gains * elementwise.exp2(trim / DISPLAY_POWER)
        if strength == 0 or local == 0:
            return Correction(gains)
        parts = (self.field, self.light_stage, self.temporal_stage)
        return Correction(gains, *(part and part.times(strength * local) for part in parts))
