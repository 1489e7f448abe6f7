# SPDX-License-Identifier: Apache-2.0
"""Clips held in memory, served to effects as a host serves them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evenlight import ArrayFrame, Deflicker, Frame
from evenlight.engine import Clip, Request, process
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


class ServedFrames:
    """Frames (T, H, W, C) from time 0, served as the plug-in's wire serves them, without a mask."""

    def __init__(self, frames: Array) -> None:
        self.frames = frames

    def fetch(self, clip: int, time: float) -> ArrayFrame | None:
        if clip != Clip.SOURCE or not 0 <= time < len(self.frames):
            return None
        return ArrayFrame(self.frames[int(time)], f"frame {int(time)}")

    def aborted(self) -> bool:
        return False


def deflickered(frames: Array, radius: int) -> Array:
    """Frames as the package's Deflicker makes them, by its defaults but for the radius."""
    out, effect = np.empty_like(frames), Deflicker()
    values = {"radius": radius, "cut_here": [False] * (2 * radius + 1)}
    for time in range(len(frames)):
        request = Request(time, radius, radius, values=values)
        process(effect, ServedFrames(frames), out[time], request)
    return out
