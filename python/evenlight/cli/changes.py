# SPDX-License-Identifier: Apache-2.0
"""The sentence at the end of a run on what it changed."""

from __future__ import annotations

import numpy as np

from ..evaluation.metrics import jitter
from ..frames import Change, Outcome

#: Frames from which flicker can be told.
_LEAST = 3


class Changes:
    """The changes of all frames of a run, by number."""

    def __init__(self) -> None:
        """Nothing was changed yet."""
        self._changes: dict[int, Change] = {}
        self._blotches: dict[int, int] = {}

    def see(self, number: int, outcome: Outcome) -> None:
        """Count a frame that was made."""
        if outcome.change is not None:
            self._changes[number] = outcome.change
        if outcome.listings:
            self._blotches[number] = sum(listing.repaired for listing in outcome.listings)

    def figures(self) -> dict[str, float]:
        """All figures by name; none where no frame was made."""
        if not self._changes:
            return {}
        changes = [self._changes[number] for number in sorted(self._changes)]
        found: dict[str, float] = {
            "touched": round(float(np.mean([change.touched for change in changes])), 6),
            "untouched_frames": sum(change.touched == 0 for change in changes),
        }
        if len(changes) >= _LEAST:
            for side in ("before", "after"):
                levels = np.array([getattr(change, side) for change in changes])
                found[f"flicker_{side}"] = round(jitter(levels), 5)
        if self._blotches:
            found["blotches"] = sum(self._blotches.values())
            found["blotched_frames"] = sum(count > 0 for count in self._blotches.values())
        return found

    def sentence(self) -> str:
        """The figures in words; empty where no frame was made."""
        found = self.figures()
        if not found:
            return ""
        untouched = int(found["untouched_frames"])
        if untouched == len(self._changes):
            return "nothing was changed: every frame came out as it came in"
        parts = []
        if "flicker_before" in found:
            before, after = found["flicker_before"], found["flicker_after"]
            parts.append(f"flicker {before:.3f} stops before, {after:.3f} after")
        if "blotches" in found:
            frames = _counted(int(found["blotched_frames"]), "frame")
            parts.append(f"{_counted(int(found['blotches']), 'blotch')} repaired in {frames}")
        parts.append(f"{_per_cent(found['touched'])} % of the pixels touched")
        if untouched:
            parts.append(f"{_counted(untouched, 'frame')} left as they were")
        return "; ".join(parts)


def _per_cent(share: float) -> str:
    if share < 1e-4:
        return "less than 0.01"
    return f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.2g}"


def _counted(count: int, noun: str) -> str:
    plural = "blotches" if noun == "blotch" else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
