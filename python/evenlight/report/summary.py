# SPDX-License-Identifier: Apache-2.0
"""Everything that a page tells, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..evaluation.metrics import jitter
from .difference import Difference, Repair, Size
from .pictures import Pair


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame that is worth a look, and why."""

    number: int
    why: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class ShownRepair:
    """One repair on the contact sheet."""

    number: int  # of its frame
    repair: Repair
    pair: Pair


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures and pictures of what was done to a clip."""

    title: str
    first: int  # number of the first frame
    differences: tuple[Difference, ...]  # one for each frame
    cuts: tuple[int, ...]
    frames: tuple[Shown, ...]
    repairs: tuple[ShownRepair, ...]
    #: What is needed to repeat it, by name: versions, settings, digests.
    facts: Mapping[str, str]
    #: Spots that looked like dirt and were left alone, by their frames.
    left: Mapping[int, int] = field(default_factory=dict)

    @property
    def flicker(self) -> tuple[float, float]:
        """Flicker of the mean brightness before and after, stops."""
        before = np.array([each.before for each in self.differences])
        after = np.array([each.after for each in self.differences])
        return jitter(before), jitter(after)

    @property
    def sizes(self) -> dict[Size, int]:
        """Number of repairs of each size."""
        counted = Counter(r.size for each in self.differences for r in each.repairs)
        return {size: counted[size] for size in Size}

    @property
    def touched(self) -> float:
        """Share of all pixels that changed, 0..1."""
        return float(np.mean([each.touched for each in self.differences]))

    @property
    def untouched(self) -> list[int]:
        """Numbers of the frames that came out as they came in."""
        return [n for n, each in enumerate(self.differences, self.first) if each.touched == 0]

    @property
    def sentence(self) -> str:
        """One line for the end of a run."""
        before, after = self.flicker
        repairs, untouched = sum(self.sizes.values()), len(self.untouched)
        if untouched == len(self.differences):
            return "nothing was changed: every frame came out as it came in"
        parts = [f"flicker {before:.3f} stops before, {after:.3f} after"]
        parts.append(f"{repairs} places repaired" if repairs != 1 else "1 place repaired")
        parts.append(f"{100 * self.touched:.1f} % of the pixels changed")
        if untouched:
            parts.append(f"{untouched} frames left as they were")
        return "; ".join(parts)
