# SPDX-License-Identifier: Apache-2.0
"""Frames that show one picture, found among those that show another."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from evenlight.blotch.copies import copies
from evenlight.blotch.preview import BlotchPreview, measure
from evenlight.blotch.shot import reach_of
from evenlight.colour.encoding import Encoding
from evenlight.frames import Array, ArrayFrame
from evenlight.memo import Memo

RNG = np.random.default_rng(4)


def picture(number: int) -> Array:
    """A picture of a slow pan over blobs, with grain of its own (90, 120, 3) float32."""
    coarse = np.random.default_rng(1).random((9, 24)).astype(np.float32)
    wide = cv2.resize(coarse, (240, 90))[:, 2 * number : 2 * number + 120]
    grain = np.random.default_rng(100 + number).normal(0, 0.02, wide.shape)
    return np.repeat((0.2 + 0.5 * wide + grain)[..., None], 3, axis=2).astype(np.float32)


def coded(frame: Array, deviation: float) -> Array:
    return (frame + RNG.normal(0, deviation, frame.shape)).astype(np.float32)


def clip(pattern: Sequence[int], deviation: float = 0.0) -> list[BlotchPreview]:
    frames = [coded(picture(number), deviation) for number in pattern]
    return [measure(ArrayFrame(frame), Encoding.SRGB) for frame in frames]


def runs(previews: Sequence[BlotchPreview]) -> list[tuple[int, int]]:
    def around(offset: int) -> BlotchPreview | None:
        return previews[offset] if 0 <= offset < len(previews) else None

    return [copies(around, t) for t in range(len(previews))]


@pytest.mark.parametrize("deviation", [0.0, 0.001, 0.004])
@pytest.mark.parametrize("pattern", [(0, 0, 1, 1, 2, 2), (0, 0, 0, 1, 1, 2, 2, 2), (0, 1, 1, 2)])
def test_copies_are_found_exact_and_coded(pattern: tuple[int, ...], deviation: float) -> None:
    shown = np.array((7, *pattern, 9))
    expected = [
        (int(np.flatnonzero(shown == n)[0]), int(np.flatnonzero(shown == n)[-1])) for n in shown
    ]
    assert runs(clip(shown, deviation)) == expected


def test_neighbours_on_film_are_no_copies() -> None:
    assert runs(clip(range(6))) == [(t, t) for t in range(6)]


def test_dirt_on_one_of_two_equal_frames_makes_them_two() -> None:
    frames = [picture(0), picture(1), picture(1), picture(2)]
    frames[2][40:46, 60:66] = 0.0
    previews = [measure(ArrayFrame(frame), Encoding.SRGB) for frame in frames]
    assert runs(previews) == [(t, t) for t in range(4)]


def test_frames_of_a_still_are_evidence_for_each_other() -> None:
    assert runs(clip([0, 1, 1, 1, 1, 1, 2])) == [(t, t) for t in range(7)]


def test_the_reach_counts_pictures_and_takes_the_nearest_copy() -> None:
    previews = clip([0, 0, 1, 1, 1, 2, 2, 3, 3])

    def around(offset: int) -> BlotchPreview | None:
        return previews[2 + offset] if 0 <= 2 + offset < len(previews) else None

    reach = reach_of(Memo(), around, 2, find_cuts=True)
    assert (reach.before, reach.after) == ([-1], [3, 5])
    assert reach.around(3) == (0, 5)
    assert reach.around(-1) is None
