# SPDX-License-Identifier: Apache-2.0
"""Change of meant light at a frame, foretold by the changes around it.

How much those around say is learned from the shot itself: changes that go on, as when exposure is
set anew, say much, and those that return say the contrary. It is simple kriging in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise, linear

#: Frames on either side that are asked, and frames over which likeness is forgotten.
_REACH, _MEMORY = 8, 6.0
#: Robust deviations beyond which a change counts as large as these, and share that is noise.
_MOST, _NOISE = 4.0, 0.05
_MAD = 1.4826  # makes a robust deviation of a median of distances


@dataclass(frozen=True, slots=True)
class MeantChanges:
    """Changes of light of a shot, of which some are known to be meant."""

    changes: Array  # (n, 3) stops from the frame before
    known: Array  # (n,) bool, those that tell of others
    middle: Array  # (3,) of the known ones
    alike: Array  # (2 REACH + 1,) covariance of changes so many frames apart, stops squared

    @classmethod
    def of(cls, changes: Array, known: Array) -> MeantChanges:
        """The changes (n, 3) of which those `known` (n,) are meant."""
        if not known.any():
            return cls(changes, known, np.zeros(3), np.zeros(2 * _REACH + 1))
        middle = np.median(changes[known], axis=0)
        most = _MOST * _MAD * np.median(np.abs(changes[known] - middle), axis=0)
        beside = np.where(known[:, None], np.clip(changes - middle, -most, most), 0.0)
        alike = np.zeros(2 * _REACH + 1)
        for away in range(min(len(alike), len(changes))):
            both = known[away:] & known[: len(known) - away]
            pairs = (beside[away:] * beside[: len(beside) - away]).sum(axis=0).mean()
            alike[away] = pairs / max(int(both.sum()), 1)
        return cls(
            changes, known, middle, alike * elementwise.exp(-np.arange(len(alike)) / _MEMORY)
        )

    def at(self, place: int) -> Array:
        """The likeliest meant change (3,) at a place, which says nothing itself."""
        near = np.arange(max(0, place - _REACH), min(len(self.changes), place + _REACH + 1))
        near = near[self.known[near] & (near != place)]
        if not len(near) or self.alike[0] == 0:
            return self.middle
        covariance = self.alike[np.abs(near[:, None] - near)]
        covariance += np.diag(np.full(len(near), _NOISE * self.alike[0]))
        weights = linear.solve(covariance, self.alike[np.abs(near - place)])
        if not np.isfinite(weights).all():
            return self.middle
        beside = self.changes[near] - self.middle
        return np.asarray(self.middle + (weights[:, None] * beside).sum(axis=0))
