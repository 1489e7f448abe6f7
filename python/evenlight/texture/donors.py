# SPDX-License-Identifier: Apache-2.0
"""Which frames give texture: one on each side, near, and not clipped where the frame is.

BlazeBVD takes the next frame on either side. Flicker clips about every other frame in the same
place, so that a quarter of what is lost is lost in both; a frame or two further it may be there.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..frames import Array
from ..motion.preview import Preview
from ..motion.window import Neighbour, Window
from .clipping import Ends, lost

#: Frames on each side that are chosen from, and what a further one must give more for each frame.
FURTHEST, _FARTHER = 3, 0.15


def donors(window: Window) -> tuple[int | None, int | None]:
    """Offsets of the frames before and after that give texture; None where there is none."""
    own = _lost(window.centre)
    return _best(own, window.before[:FURTHEST]), _best(own, window.after[:FURTHEST])


def _best(own: Array, side: Sequence[Neighbour]) -> int | None:
    if not side:
        return None
    total = max(float(own.sum()), 1e-6)
    worth = [
        float((own * (1 - _lost(frame.preview))).sum()) / total - _FARTHER * place
        for place, frame in enumerate(side)
    ]
    return side[worth.index(max(worth))].offset


def _lost(preview: Preview) -> Array:
    """How far each cell (h, w) is lost."""
    share: Array = lost(preview.colour, Ends(dark=False, bright=True)).max(axis=2)
    return share
