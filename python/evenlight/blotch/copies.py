# SPDX-License-Identifier: Apache-2.0
"""Copies: frames in a row that show one picture, as where film runs slower than the clip.

A copy has the dirt of what it copies, so that it is no evidence; and copies are repaired alike.
Told from the window alone: by so small a difference as coding makes, or by one that is much smaller
than those around it, as telecine and a coarse coder leave them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..frames import Array
from ..kernels import opencv
from .preview import BlotchPreview

#: Gives the frame at an offset from the current one, or None beyond the clip, a cut or a mark.
Around = Callable[[int], BlotchPreview | None]

#: Frames in a row that a picture of a film is shown at most: 3:2, or 8 pictures a second as 24.
#: What stands longer is a still, whose frames are evidence for each other.
MOST_SHOWN = 3
#: Mean difference (display value) up to which two frames are one picture; and up to which they are
#: where the pairs around differ so many times more. Neighbours on film differ by 1/255 and more.
_CODED, _NOISY, _TIMES = 0.35 / 255, 1.2 / 255, 2.5
#: Differences (display value) of 5x5 pixels that coding makes nowhere: dirt of one of the frames.
_DIRT, _DIRT_NOISY = 24 / 255, 16 / 255
_AROUND = (5, 5)


def copies(around: Around, offset: int) -> tuple[int, int]:
    """Offsets of the first and the last frame that show the picture that is seen at `offset`."""
    first = last = offset
    while offset - first < MOST_SHOWN and _is_shown_again(around, first - 1):
        first -= 1
    while last - first < MOST_SHOWN and _is_shown_again(around, last):
        last += 1
    is_still = last - first >= MOST_SHOWN
    return (offset, offset) if is_still else (first, last)


def _is_shown_again(around: Around, offset: int) -> bool:
    """Whether the frame after the one at `offset` shows the same picture."""
    pair = _pair(around, offset)
    if pair is None:
        return False
    mean = float(np.abs(pair).mean())
    if mean > _NOISY:
        return False
    largest = float(np.abs(opencv.blur(pair, _AROUND)).max())
    if mean <= _CODED and largest <= _DIRT:
        return True
    if largest > _DIRT_NOISY:
        return False
    return all(_most(around, offset, sign) > _TIMES * mean for sign in (-1, 1))


def _most(around: Around, offset: int, sign: int) -> float:
    """Largest mean difference of the pairs on one side of that at `offset` in which one changes."""
    pairs = [_pair(around, offset + sign * step) for step in range(1, MOST_SHOWN)]
    return max((float(np.abs(pair).mean()) for pair in pairs if pair is not None), default=0.0)


def _pair(around: Around, offset: int) -> Array | None:
    """The frame at `offset` less the next one (h, w), 0 where either is not known."""
    first, second = around(offset), around(offset + 1)
    if first is None or second is None or first.luma.shape != second.luma.shape:
        return None
    difference = second.luma - first.luma
    for known in (first.known, second.known):
        if known is not None:
            difference = np.where(known, difference, 0)
    return np.asarray(difference)
