# SPDX-License-Identifier: Apache-2.0
"""Settings of the flicker stage: how frames are measured, what is estimated, how it is applied.

Each effect maps its parameters to them once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..colour.encoding import Encoding
from ..inference.networks import Device
from ..motion.fields import Bands, Basis, Solver
from ..motion.preview import Region
from ..motion.window import Cuts


class Colour(StrEnum):
    """Which curves are estimated."""

    PER_CHANNEL = "per_channel"
    LUMINANCE = "luminance"


class Method(StrEnum):
    """How flicker is taken out."""

    CLASSICAL = "classical"
    LEARNED = "learned"


class Joins(StrEnum):
    """Choice of what becomes of steps of light where chunks of a clip were joined."""

    KEEP = "keep"
    EVEN_OUT = "even_out"


@dataclass(frozen=True, slots=True)
class LearnedStages:
    """How much of each learned stage is wanted, 0..1."""

    light_stage: float = 1.0  # GFRM
    temporal_stage: float = 0.0  # TCM


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    """All that a `FlickerEstimate` depends on beside its window."""

    radius: int  # frames on each side
    keep_above: float  # stops
    basis: Basis | None  # of what differs over the frame; None: only global flicker is looked for
    solver: Solver = Solver.EXACT
    learned: LearnedStages | None = None  # None: the classical method


@dataclass(frozen=True, slots=True)
class FlickerSettings:
    """All that the flicker stage of an effect depends on; none has a default to fall into."""

    # How frames are measured, and which of them.
    region: tuple[float, float, float, float]  # left, bottom, right, top, shares of the frame
    colour: Colour
    encoding: Encoding
    cuts: Cuts
    # What is estimated.
    radius: int
    keep_above: float
    local: float
    resolution: int
    bands: Bands
    solver: Solver
    method: Method
    stage_light: float
    stage_temporal: float
    # How that is applied, and what stands in for it.
    strength: float
    joins: Joins
    device: Device
    fall_back: bool
    analysis: str
    analysis_offset: int

    @property
    def rows_and_columns(self) -> Region:
        """The region that is measured, row 0 on top."""
        left, bottom, right, top = self.region
        return Region(left, 1 - top, right, 1 - bottom)

    @property
    def estimate(self) -> EstimateSettings:
        """The part that estimates depend on.

        What is learned is about flicker that differs over the frame alone.
        """
        local = self.local > 0
        learned = None
        stages = self.stage_light > 0 or self.stage_temporal > 0
        if self.method is Method.LEARNED and local and stages:
            learned = LearnedStages(self.stage_light, self.stage_temporal)
        return EstimateSettings(
            radius=self.radius,
            keep_above=self.keep_above,
            basis=Basis(self.resolution, self.bands) if local else None,
            solver=self.solver,
            learned=learned,
        )

    @property
    def uses_networks(self) -> bool:
        """Whether any network is asked."""
        wanted = self.estimate
        return wanted.learned is not None or (
            wanted.basis is not None and wanted.solver is Solver.UNROLLED
        )
