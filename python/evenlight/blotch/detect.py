# SPDX-License-Identifier: Apache-2.0
"""Which pixels of a frame are blotches, looked at twice: at last with cleaned neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..cache import Cache
from ..flicker.estimate import Correction
from ..frames import Array
from ..motion.dense import luma_flow
from ..motion.preview import is_held
from . import differences as ev
from .candidates import NAMES, Candidate, candidates, whole
from .differences import Beyond, DifferenceMaps, Side
from .preview import Look, in_light, light_between, same_shot
from .score import trained

#: Gives the frame at an offset from the current one, or None beyond the clip, a cut or a mark.
Around = Callable[[int], Look | None]

#: Log odds from which a candidate is beyond doubt.
_BEYOND_DOUBT = 4.0
_UNSURE = NAMES.index("ring_inconsistency")
_ONE = np.ones((3, 3), np.uint8)
_FLOWS: Cache[Array] = Cache(24)
_FIRST: Cache[tuple[Array, Array]] = Cache(16)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user looks for; sizes are diameters as shares of the frame's height."""

    log_odds: float = 0.0  # a candidate counts from here
    dark: bool = True
    bright: bool = True
    smallest: float = 0.0
    largest: float = np.inf
    protection: float = 0.0  # log odds that a pixel of unsure motion costs
    find_cuts: bool = True


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A frame beside the current one, as the fill needs it."""

    offset: int
    light: Correction  # brings it into the current frame's light
    flow: Array  # (h, w, 2) to it, in pixels of the looked-at picture
    luma: Array  # in the current frame's light
    dirty: Array  # (h, w) bool, its own blotches, and what is not known of it


@dataclass(frozen=True, slots=True)
class Found:
    """The blotches of one frame."""

    evidence: DifferenceMaps
    blotches: tuple[Candidate, ...]
    neighbours: tuple[Neighbour, ...]  # the two that judge first


def find(around: Around, wanted: Wanted, look: int, added: Array | None = None) -> Found | None:
    """The blotches of the current frame; None where there are no two neighbours to judge by.

    What is `added` (h, w) bool is taken for a blotch whatever it looks like.
    """
    before, after = _reached(around, look, wanted.find_cuts)
    offsets = _sides(before, after)
    if offsets is None:
        return None
    cleaned: dict[int, tuple[Array, Array]] = {}
    if look > 1:
        for offset in offsets:
            cleaned[offset] = _first_pass(around, offset, wanted.find_cuts)
    further = (before[1], after[1]) if min(len(before), len(after)) > 1 else ()
    return _judge(around, offsets, wanted, cleaned, added, further)


def _first_pass(around: Around, offset: int, find_cuts: bool) -> tuple[Array, Array]:
    """Luma of a neighbour with its blotches filled, and their mask, by its own neighbours."""

    def shifted(other: int) -> Look | None:
        return around(offset + other)

    here = shifted(0)
    assert here is not None
    offsets = _sides(*_reached(shifted, 1, find_cuts)) if abs(offset) == 1 else None
    if offsets is None:
        return here.luma, np.zeros(here.luma.shape, bool)
    beside = [shifted(o) for o in offsets]
    key = (here.digest, *((o, s.digest) for o, s in zip(offsets, beside, strict=True) if s))

    def compute() -> tuple[Array, Array]:
        found = _judge(shifted, offsets, Wanted(), {}, None)
        mask = mask_of(found.blotches, here.luma.shape)
        mask = cv2.dilate(mask.astype(np.uint8), _ONE).astype(bool)
        return np.where(mask, found.evidence.fill, here.luma), mask

    return _FIRST.get(key, compute)


def _sides(before: list[int], after: list[int]) -> tuple[int, int] | None:
    """Offsets of the two frames that the current one is judged by, of those on either side."""
    if before and after:
        return before[0], after[0]
    one = before or after
    return (one[0], one[1]) if len(one) > 1 else None


def _reached(around: Around, look: int, find_cuts: bool) -> tuple[list[int], list[int]]:
    """Offsets of the frames of the shot before and after the current one, the nearest first."""
    return _reach(around, -1, look, find_cuts), _reach(around, 1, look, find_cuts)


def _reach(around: Around, sign: int, look: int, find_cuts: bool) -> list[int]:
    """Offsets of the frames of the shot on one side, frames shown twice left out."""
    found, last = [], around(0)
    for distance in range(1, look + 1):
        frame = around(sign * distance)
        if frame is None or last is None or frame.luma.shape != last.luma.shape:
            break
        pair = (last, frame) if sign > 0 else (frame, last)
        if find_cuts and not same_shot(*pair):
            break
        if not is_held(last.preview, frame.preview):
            found.append(sign * distance)
        last = frame
    return found


def _judge(
    around: Around,
    offsets: tuple[int, int],
    wanted: Wanted,
    cleaned: dict[int, tuple[Array, Array]],
    added: Array | None,
    further: tuple[int, ...] = (),
) -> Found:
    centre = around(0)
    assert centre is not None
    sides, lights, dirty = [], [], []
    for offset in offsets:
        frame = around(offset)
        assert frame is not None
        light = light_between(frame, centre, earlier=offset < 0)
        luma, mask = cleaned.get(offset, (frame.luma, None))
        sides.append(
            Side(
                in_light(luma, light),
                _flow(centre, frame),
                _flow(frame, centre),
                frame.known,
            )
        )
        lights.append(light)
        dirty.append(_unusable(frame, mask))
    both = sides[0], sides[1]
    first, second = around(offsets[0]), around(offsets[1])
    assert first is not None
    assert second is not None
    across = None
    if offsets[0] < 0 < offsets[1]:
        across = luma_flow(both[0].luma, both[1].luma) if cleaned else _flow(first, second)
    beyond = _beyond(around, further, centre)
    further_ones = [Beyond(one.luma, ~one.dirty if one.dirty.any() else None) for one in beyond]
    seen = ev.gather(centre.luma, both, further_ones, across=across, added=added)
    beside = both[0].luma, both[1].luma
    chosen = [one for one in candidates(seen, beside) if _counts(one, wanted, centre)]
    if chosen and np.isfinite(wanted.log_odds):
        features = np.stack([one.features for one in chosen])
        odds = trained()(features) - wanted.protection * features[:, _UNSURE]
        sure = [one for one, own in zip(chosen, odds, strict=True) if own >= wanted.log_odds]
        chosen = apart(sure, odds[odds >= wanted.log_odds])
    if added is not None:
        chosen += whole(added)
    near = [
        Neighbour(offset, lights[i], seen.flows[i], sides[i].luma, dirty[i])
        for i, offset in enumerate(offsets)
    ]
    far = [replace(one, flow=own) for one, own in zip(beyond, seen.flows[2:], strict=True)]
    return Found(seen, tuple(chosen), (*near, *far))


def apart(chosen: Sequence[Candidate], odds: Array) -> list[Candidate]:
    """Of candidates that overlap the likelier one, and of those that are beyond doubt the larger.

    `odds` (n,) are their log odds.
    """
    order = sorted(
        range(len(chosen)),
        key=lambda i: (min(float(odds[i]), _BEYOND_DOUBT), chosen[i].area),
        reverse=True,
    )
    kept: list[int] = []
    for i in order:
        if not any(_overlap(chosen[i], chosen[k]) for k in kept):
            kept.append(i)
    return [chosen[i] for i in sorted(kept)]


def _overlap(one: Candidate, other: Candidate) -> bool:
    top, left = max(one.box[0], other.box[0]), max(one.box[1], other.box[1])
    bottom, right = min(one.box[2], other.box[2]), min(one.box[3], other.box[3])
    if top >= bottom or left >= right:
        return False
    parts = [
        each.mask[
            top - each.box[0] : bottom - each.box[0], left - each.box[1] : right - each.box[1]
        ]
        for each in (one, other)
    ]
    return bool((parts[0] & parts[1]).any())


def _beyond(around: Around, further: Sequence[int], centre: Look) -> list[Neighbour]:
    """Frames one more step away, before and after, without their flows."""
    found = []
    for offset in further:
        frame = around(offset)
        assert frame is not None
        light = light_between(frame, centre, earlier=offset < 0)
        luma, no_flow = in_light(frame.luma, light), np.empty(0, np.float32)
        found.append(Neighbour(offset, light, no_flow, luma, _unusable(frame, None)))
    return found


def _unusable(frame: Look, dirt: Array | None) -> Array:
    """Pixels (h, w) bool of a frame that no fill may hold: its blotches, and what is not known."""
    unusable = np.zeros(frame.luma.shape, bool) if dirt is None else dirt
    return unusable if frame.known is None else unusable | ~frame.known


def _flow(first: Look, second: Look) -> Array:
    return _FLOWS.get((first.digest, second.digest), lambda: luma_flow(first.luma, second.luma))


def _counts(candidate: Candidate, wanted: Wanted, look: Look) -> bool:
    """Whether the user looks for such a candidate at all."""
    if not (wanted.dark if candidate.dark else wanted.bright):
        return False
    diameter = 2 * np.sqrt(candidate.area / np.pi) / look.luma.shape[0]
    return bool(wanted.smallest <= diameter <= wanted.largest)


def mask_of(blotches: Sequence[Candidate], shape: tuple[int, ...]) -> Array:
    """The pixels (h, w) of all of them."""
    mask = np.zeros(shape[:2], bool)
    for one in blotches:
        top, left, bottom, right = one.box
        mask[top:bottom, left:right] |= one.mask
    return mask
