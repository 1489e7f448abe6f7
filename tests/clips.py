# SPDX-License-Identifier: Apache-2.0
"""Clips held in memory, served to effects as a host serves them."""

from __future__ import annotations

from collections.abc import Sequence

from evenlight import ArrayFrame, Frame
from evenlight.frames import Array


class ArrayClip:
    """Frames from time 0, under names of their own or none, with one mask or none."""

    def __init__(
        self, frames: Sequence[Array], *, name: str = "", mask: Array | None = None
    ) -> None:
        self.frames = frames
        self.name = name
        self.mask = mask
        self.asked: list[int] = []

    def fetch(self, time: float) -> Frame | None:
        index = round(time)
        self.asked.append(index)
        if not 0 <= index < len(self.frames):
            return None
        return ArrayFrame(self.frames[index], f"{self.name}{index}" if self.name else "")

    def fetch_mask(self, time: float) -> Frame | None:
        del time
        return None if self.mask is None else ArrayFrame(self.mask)

    def aborted(self) -> bool:
        return False
