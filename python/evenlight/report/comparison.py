# SPDX-License-Identifier: Apache-2.0
"""A video that holds a clip against what became of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from ..frames import Array
from ..io import Reader
from ..io.plain_video import PlainVideo
from .collect import matched, shown_pair

#: Pixels across of the widest video.
_WIDEST = 3840
#: Seconds that the line takes to cross the picture and come back; differences are so much stronger.
_TURN, _STRONGER = 8.0, 8
_LINE = 2


class Comparison(StrEnum):
    """Ways to hold two pictures against each other."""

    SIDE = "side"
    WIPE = "wipe"
    DIFF = "diff"


def write_comparison(
    before: Reader,
    after: Reader,
    way: Comparison,
    path: Path,
    numbers: range | None,
    rate: Fraction,
    told: Callable[[int], None] = lambda _number: None,
) -> None:
    """Write the video; `told` hears each frame's number.

    Raises FrameError where the clips are of other sizes or lengths, MediaError where the video
    cannot be written.
    """
    numbers, shift = matched(before, after, numbers)
    with PlainVideo(path, rate) as video:
        for index, number in enumerate(numbers):
            pair = shown_pair(before, after, number, shift)
            video.write(compared(way, pair, index / float(rate)))
            told(number)


def compared(way: Comparison, pair: tuple[Array, Array], time: float) -> Array:
    """One picture (H, W, 3) uint8 of two, `time` seconds from the first."""
    before, after = pair
    height, width = before.shape[:2]
    if way is Comparison.DIFF:
        difference = _STRONGER * (after.astype(np.int16) - before)
        return np.clip(128 + difference, 0, 255).astype(np.uint8)
    if way is Comparison.WIPE:
        share = abs((time / _TURN + 0.25) % 1 * 2 - 1)  # begins in the middle
        place = round(share * width)
        picture = np.concatenate([before[:, :place], after[:, place:]], axis=1)
        picture[:, max(0, place - _LINE // 2) : place + _LINE // 2] = 255
        return picture
    most = min(width, _WIDEST // 2)
    size = most, round(height * most / width)
    if size != (width, height):
        pair = tuple(cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pair)  # type: ignore[assignment]
    return np.concatenate(pair, axis=1)
