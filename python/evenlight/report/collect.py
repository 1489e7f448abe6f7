# SPDX-License-Identifier: Apache-2.0
"""One walk along a clip before and after, which keeps what a page shows and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

import numpy as np

from ..errors import FrameError
from ..frames import Array
from ..io import Reader, is_images
from ..kernels.depth import as_float
from ..views.display import shown
from .cuts import Cuts, small_of
from .difference import Difference, Repair, difference
from .pictures import crop, whole
from .shortlist import Shortlist
from .summary import Shown, ShownRepair, Summary

#: Frames and repairs that a page shows.
FRAMES, REPAIRS = 20, 60


def collect(
    before: Reader,
    after: Reader,
    title: str,
    numbers: range | None = None,
    notices: Mapping[int, str] | None = None,
    facts: Mapping[str, str] | None = None,
) -> Summary:
    """Summary of what was done to `before`, of which `after` has the same frames or a part.

    `numbers` are the frames of `before` that `after` has, where that is known; `notices` are
    sentences about single frames. Raises FrameError where sizes or numbers differ.
    """
    numbers, shift = matched(before, after, numbers)
    frames: Shortlist[Shown] = Shortlist(FRAMES)
    repairs: Shortlist[ShownRepair] = Shortlist(REPAIRS)
    cuts, differences = Cuts(), []
    digests = hashlib.sha256(), hashlib.sha256()
    for number in numbers:
        pixels = frame_pixels(before, number), frame_pixels(after, number + shift)
        for digest, array in zip(digests, pixels, strict=True):
            digest.update(np.ascontiguousarray(array).data)
        pair = shown(pixels[0], before.encoding), shown(pixels[1], after.encoding)
        found = difference(*pair, _touched(*pixels))
        cuts.see(number, small_of(pair[0]))
        differences.append(found)
        notice = (notices or {}).get(number, "")
        frames.offer(worth(found, notice), partial(_frame, number, pair, found, notice))
        for repair in found.repairs:
            repairs.offer(repair.weight, partial(_repair, number, pair, repair))
    return Summary(
        title,
        numbers[0],
        tuple(differences),
        tuple(cuts.found),
        tuple(sorted(frames.best(), key=lambda each: each.number)),
        tuple(repairs.best()),
        {
            **(facts or {}),
            f"pixels of {before.path.name}, SHA-256": digests[0].hexdigest(),
            f"pixels of {after.path.name}, SHA-256": digests[1].hexdigest(),
        },
    )


def _frame(number: int, pair: tuple[Array, Array], found: Difference, notice: str) -> Shown:
    return Shown(number, why(found, notice), whole(*pair))


def _repair(number: int, pair: tuple[Array, Array], repair: Repair) -> ShownRepair:
    return ShownRepair(number, repair, crop(*pair, repair.box))


def matched(before: Reader, after: Reader, numbers: range | None) -> tuple[range, int]:
    """The frames to compare, by their numbers in `before`, and what is added to get `after`'s.

    Raises FrameError where sizes or numbers differ.
    """
    if before.shape[:2] != after.shape[:2]:
        raise FrameError(
            f"{after.path} is {after.shape[1]} x {after.shape[0]}, and {before.path} is "
            f"{before.shape[1]} x {before.shape[0]}; only clips of one size are compared"
        )
    whole, part = (range(clip.first, clip.last + 1) for clip in (before, after))
    if numbers is not None:
        return numbers, 0 if is_images(after.path) else part[0] - numbers[0]
    if len(whole) == len(part):
        return whole, part[0] - whole[0]
    if is_images(after.path) and part[0] in whole and part[-1] in whole:
        return part, 0
    raise FrameError(
        f"{after.path} has {len(part)} frames and {before.path} has {len(whole)}; only clips of "
        "one length are compared, or images whose numbers are among the others"
    )


def frame_pixels(clip: Reader, number: int) -> Array:
    """Pixels of a frame; raises FrameError where the clip has none."""
    frame = clip.frame(number)
    if frame is None:
        raise FrameError(f"{clip.path} has no frame {number}")
    return frame.pixels()


def shown_pair(before: Reader, after: Reader, number: int, shift: int) -> tuple[Array, Array]:
    """A frame of `before` and its counterpart as a screen shows them, (H, W, 3) uint8."""
    return (
        shown(frame_pixels(before, number), before.encoding),
        shown(frame_pixels(after, number + shift), after.encoding),
    )


def _touched(before: Array, after: Array) -> float:
    """Share of the pixels of which any value changed; all where depth or channels did."""
    if before.shape != after.shape or before.dtype != after.dtype:
        before, after = (np.round(as_float(each[..., :3]) * 255) for each in (before, after))
        if before.shape != after.shape:
            return 1.0
    return float((before != after).any(2).mean())


def worth(found: Difference, notice: str) -> float:
    """How much a frame is worth a look: a notice before repairs, repairs before light."""
    return 1e9 * bool(notice) + found.repaired + 10 * abs(_stops(found))


def why(found: Difference, notice: str) -> str:
    """Reason why a frame is shown."""
    parts = [notice] if notice else []
    if found.repairs:
        largest = max(found.repairs, key=lambda repair: repair.area)
        places = "1 place" if len(found.repairs) == 1 else f"{len(found.repairs)} places"
        parts.append(f"{places} repaired, the largest {largest.box[2]} x {largest.box[3]} pixels")
    if abs(_stops(found)) >= 0.005:
        parts.append(f"light changed by {_stops(found):+.2f} stops")
    return "; ".join(parts) or "small changes"


def _stops(found: Difference) -> float:
    """Change of the mean brightness, stops."""
    return float(np.log2((found.after + 1) / (found.before + 1)))
