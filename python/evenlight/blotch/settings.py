# SPDX-License-Identifier: Apache-2.0
"""Settings of the blotch stage; each effect maps its parameters to them once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..colour.encoding import Encoding
from ..inference.networks import Device
from ..motion.window import Cuts

#: Log odds from the least to the greatest sensitivity.
_ODDS = 2.0
#: Log odds that are asked for at a sensitivity of one half, of candidates and of their repairs,
#: which allows them to be low.
ASKED = -3.8
#: Log odds that the least sure motion costs at full protection, and is given at none.
_PROTECTION = 2.0


class Blotches(StrEnum):
    """Which blotches are taken out."""

    BOTH = "both"
    DARK = "dark"
    BRIGHT = "bright"


class Matte(StrEnum):
    """Use of the Mask clip."""

    NONE = "none"
    ADD = "add"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The blotches that are looked for; sizes are diameters as shares of the frame's height."""

    log_odds: float = 0.0  # a candidate counts from here
    dark: bool = True
    bright: bool = True
    smallest: float = 0.0
    largest: float = np.inf
    protection: float = 0.0  # log odds that the least sure motion costs
    find_cuts: bool = True


@dataclass(frozen=True, slots=True)
class BlotchSettings:
    """All that the blotch stage of an effect depends on; none has a default to fall into."""

    strength: float
    look: int  # film frames on each side
    reach: int  # frames on each side among which they are looked for
    grain: float
    grow: float  # pixels of a frame 1080 high
    close_gaps: float
    blotches: Blotches
    sensitivity: float
    smallest: float  # diameters in per cent of the frame's height
    largest: float
    motion_protection: float
    matte: Matte
    cuts: Cuts
    encoding: Encoding
    device: Device
    repairs: str = ""  # name of the repairs file; empty for none

    @property
    def wanted(self) -> Wanted:
        """The candidates that count."""
        return Wanted(
            log_odds=ASKED + _ODDS * (0.5 - self.sensitivity),
            protection=_PROTECTION * (2 * self.motion_protection - 1),
            dark=self.blotches is not Blotches.BRIGHT,
            bright=self.blotches is not Blotches.DARK,
            smallest=self.smallest / 100,
            largest=self.largest / 100,
            find_cuts=self.cuts is Cuts.AUTO,
        )
