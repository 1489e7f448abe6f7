# SPDX-License-Identifier: Apache-2.0
"""Decisions about one frame, which is known by what it looks like, whatever its number."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ..analysis.record import thumbnail
from ..analysis.search import NEAR, NEAR_AT_OTHER_SIZE, unlikeness
from ..blotch.decisions import Decisions, Place
from ..errors import RepairsError
from ..frames import Array
from ..listing import Kind
from ..motion.preview import Preview
from .entry import Entry, Verdict
from .file import Repairs
from .outline import filled

#: Share by which the aspect of a frame may differ from that of those listed: of small pictures
#: sides are rounded.
_ASPECT = 0.03


def check_size(repairs: Repairs, shape: tuple[int, ...]) -> None:
    """Raise RepairsError where frames of `shape` (H, W, ...) have another aspect than those listed.

    Of the same aspect they may be a preview.
    """
    (height, width), (rows, columns) = repairs.header.size, shape[:2]
    if abs(rows * width - columns * height) > _ASPECT * rows * width:
        raise repairs.refusal(
            f"its blotches are of frames of {width} x {height} and this frame is {columns} x {rows}"
        )


def key_of(repairs: Repairs, preview: Preview, shape: tuple[int, ...]) -> bytes | None:
    """The key of the listed frame that shows this picture (H, W, ...); None where none does.

    The very one before the one that is nearest to it, as of another decoder or size.
    """
    same = (repairs.keys == np.frombuffer(preview.digest, np.uint8)).all(axis=1)
    if same.any():
        return preview.digest
    if not len(repairs.keys):
        return None
    within = NEAR if tuple(shape[:2]) == repairs.header.size else NEAR_AT_OTHER_SIZE
    far = unlikeness(repairs.pictures, thumbnail(preview), within)
    nearest = int(np.argmin(far))
    return repairs.keys[nearest].tobytes() if np.isfinite(far[nearest]) else None


def unknown(repairs: Repairs, time: float) -> RepairsError:
    """The error of a frame whose picture is none of those listed."""
    return repairs.refusal(f"the picture of frame {time:g} is none of those that were listed")


def decisions_of(
    repairs: Repairs, keys: Collection[bytes], shape: tuple[int, ...], small: tuple[int, ...]
) -> Decisions | None:
    """The decisions about a frame of `shape` that shows the pictures of these keys.

    `small` is the shape of the looked-at picture. None where nothing was.
    """
    entries = [entry for key in sorted(keys) for entry in repairs.entries.get(key, ())]
    rejected = [entry for entry in entries if entry.verdict is Verdict.REJECT]
    wanted = [entry for entry in entries if entry.verdict is Verdict.ACCEPT]
    if not rejected and not wanted:
        return None
    listed = repairs.header.size
    added = [entry for entry in wanted if entry.blotch.kind is Kind.ADDED]
    found = [entry for entry in wanted if entry.blotch.kind is not Kind.ADDED]
    return Decisions(
        _places(rejected, listed, small),
        _places(found, listed, small),
        _mask(rejected, listed, shape),
        _mask(added, listed, small),
    )


def _places(
    entries: Collection[Entry], listed: tuple[int, int], small: tuple[int, ...]
) -> tuple[Place, ...]:
    found = [(filled(one.blotch.outline, listed, small), one.grow) for one in entries]
    return tuple(Place(*place, grow) for place, grow in found if place is not None)


def _mask(
    entries: Collection[Entry], listed: tuple[int, int], shape: tuple[int, ...]
) -> Array | None:
    """All inside the outlines (h, w) bool; None where there are none."""
    if not entries:
        return None
    mask = np.zeros(shape[:2], bool)
    for one in entries:
        place = filled(one.blotch.outline, listed, shape)
        if place is not None:
            box, inside = place
            mask[box.part] |= inside
    return mask
