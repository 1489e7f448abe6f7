# SPDX-License-Identifier: Apache-2.0
"""A page's summary of a render, by what was measured while it ran: few frames are read again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

import cv2
import numpy as np

from ..frames import THUMBNAIL, Outcome
from ..io import Reader
from ..listing import Blotch
from .collect import FRAMES, REPAIRS, matched, shown_pair, why, worth
from .cuts import Cuts
from .difference import Difference, Repair
from .pictures import crop, whole
from .shortlist import Shortlist
from .summary import Shown, ShownRepair, Summary


class Seen:
    """The frames of a render, as they were measured; they may come in any order."""

    def __init__(self) -> None:
        """No frame was seen."""
        self._frames: dict[int, Difference] = {}
        self._small: dict[int, bytes] = {}
        self._left: dict[int, int] = {}

    def see(self, number: int, outcome: Outcome) -> None:
        """Keep what the page tells of a frame."""
        change = outcome.change
        if change is None:
            return
        blotches = [one for listing in outcome.listings for one in listing.blotches]
        repairs = tuple(_repair(one) for one in blotches if one.repaired)
        self._frames[number] = Difference(change.before, change.after, change.touched, repairs)
        self._small[number] = change.picture
        if left := sum(not one.repaired for one in blotches):
            self._left[number] = left

    def holds(self, numbers: range) -> bool:
        """Whether every frame was seen."""
        return all(number in self._frames for number in numbers)

    def summary(
        self,
        before: Reader,
        after: Reader,
        title: str,
        numbers: range,
        notices: Mapping[int, str],
        facts: Mapping[str, str],
    ) -> Summary:
        """The summary of the frames `numbers`, all of which were seen.

        Raises FrameError where the clips are of other sizes.
        """
        numbers, shift = matched(before, after, numbers)
        frames: Shortlist[int] = Shortlist(FRAMES)
        repairs: Shortlist[tuple[int, Repair]] = Shortlist(REPAIRS)
        cuts = Cuts()
        for number in numbers:
            found = self._frames[number]
            small = np.frombuffer(self._small[number], np.uint8)
            cuts.see(number, small.reshape(THUMBNAIL))
            frames.offer(worth(found, notices.get(number, "")), partial(int, number))
            for repair in found.repairs:
                repairs.offer(repair.weight, partial(_pair, number, repair))
        chosen = {*frames.best(), *(number for number, _ in repairs.best())}
        shown_frames, shown_repairs = {}, {}
        for number in sorted(chosen):  # each is read once
            pair = shown_pair(before, after, number, shift)
            if number in frames.best():
                reason = why(self._frames[number], notices.get(number, ""))
                shown_frames[number] = Shown(number, reason, whole(*pair))
            for one in repairs.best():
                if one[0] == number:
                    shown_repairs[one] = ShownRepair(*one, crop(*pair, one[1].box))
        return Summary(
            title,
            numbers[0],
            tuple(self._frames[number] for number in numbers),
            tuple(cuts.found),
            tuple(shown_frames.values()),
            tuple(shown_repairs[one] for one in repairs.best()),
            {**facts, **_digests(before, after)},
            {number: self._left[number] for number in numbers if number in self._left},
        )


def _pair(number: int, repair: Repair) -> tuple[int, Repair]:
    return number, repair


def _repair(blotch: Blotch) -> Repair:
    """A blotch by its outlines: box and pixels inside."""
    rings = [np.array(ring, np.int32).reshape(-1, 2) for ring in blotch.outline]
    points = np.concatenate(rings)
    x, y = points.min(axis=0).tolist()
    width, height = (points.max(axis=0) - [x, y] + 1).tolist()
    area = round(sum(cv2.contourArea(ring) + len(ring) / 2 + 1 for ring in rings))
    return Repair((x, y, width, height), area, float(area))


def _digests(before: Reader, after: Reader) -> dict[str, str]:
    """Digests of the files of both clips, each in the order of its frames."""
    found = {}
    for clip in (before, after):
        digest = hashlib.sha256()
        for path in sorted(set(clip.sources.values())):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, digest.copy)  # goes on from the file before
        found[f"{clip.path.name}, SHA-256 of its files"] = digest.hexdigest()
    return found
