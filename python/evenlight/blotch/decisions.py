# SPDX-License-Identifier: Apache-2.0
"""Decisions of a person about single blotches of a frame, which count more than what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..frames import Array
from .box import Box
from .candidates import Candidate
from .features import NAMES
from .overlap import apart, overlap

#: Share of a candidate that must lie inside an outline for the decision about it to be meant.
_MEANT = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the looked-at picture that a decision is about."""

    box: Box
    mask: Array  # of the box's shape, bool
    grow: float = 0.0  # pixels of a frame 1080 high

    def holds(self, one: Candidate) -> bool:
        """Whether a candidate lies inside, most of it."""
        shared = one.box.shared(self.box)
        if min(shared.shape) <= 0:
            return False
        inside = one.mask[shared.within(one.box).part] & self.mask[shared.within(self.box).part]
        return bool(inside.sum() >= _MEANT * one.area)

    @property
    def whole(self) -> Candidate:
        """All of the place, taken for a blotch."""
        area = int(self.mask.sum())
        nothing = np.zeros(len(NAMES))
        return Candidate(self.box, self.mask, True, area, 0.0, nothing, grow=self.grow)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions of a person about one frame."""

    rejected: tuple[Place, ...] = ()
    accepted: tuple[Place, ...] = ()
    #: Where nothing is touched (H, W) bool of the frame; None where nothing was rejected.
    kept: Array | None = None
    #: What is repaired whatever it looks like (h, w) bool of the looked-at picture.
    added: Array | None = None


def decided(
    blotches: Sequence[Candidate], others: Sequence[Candidate], decisions: Decisions
) -> tuple[Candidate, ...]:
    """The blotches of a frame after a person's decisions; `others` are not sure by themselves.

    What is accepted and was not found is looked for among the others; where there is nothing, all
    inside the outline is taken for a blotch.
    """
    stays = [one for one in blotches if not any(place.holds(one) for place in decisions.rejected)]
    for place in decisions.accepted:
        if not any(place.holds(one) for one in stays):
            likely = [one for one in others if place.holds(one)]
            likely = [one for one in likely if not any(overlap(one, other) for other in stays)]
            stays += apart(likely, np.array([one.odds for one in likely])) or [place.whole]
        stays = [
            replace(one, accepted=True, grow=place.grow) if place.holds(one) else one
            for one in stays
        ]
    return tuple(stays)
