# SPDX-License-Identifier: Apache-2.0
"""Things that pass through the picture, which other frames show elsewhere, and dirt."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.passing import Passing
from evenlight.frames import Array

SHAPE = (120, 200)
PLACE = (60, 100)
SIZE = 6


def background(rng: np.random.Generator) -> Array:
    noise = cv2.GaussianBlur(rng.standard_normal(SHAPE), (0, 0), 3)
    return (0.4 + 0.03 * noise / noise.std()).astype(np.float32)


def with_thing(picture: Array, place: tuple[int, int], level: float = 0.8) -> Array:
    out = picture.copy()
    out[max(place[0], 0) : place[0] + SIZE, max(place[1], 0) : place[1] + SIZE] = level
    return out


def thing(place: tuple[int, int] = PLACE, contrast: float = 0.4) -> Candidate:
    box = Box(place[0], place[1], place[0] + SIZE, place[1] + SIZE)
    mask = np.ones(box.shape, bool)
    return Candidate(box, mask, False, SIZE * SIZE, contrast, np.zeros(len(NAMES)), 5.0)


def frame_of(before: Array, after: Array, clean: Array) -> Passing:
    return Passing(with_thing(clean, PLACE), clean, clean, (before, after))


@pytest.mark.parametrize("step", [(0, 14), (12, -20), (-30, 5), (25, 25)])
def test_what_is_before_and_behind_passes(rng: np.random.Generator, step: tuple[int, int]) -> None:
    clean = background(rng)
    before, after = (
        with_thing(clean, (PLACE[0] + s * step[0], PLACE[1] + s * step[1])) for s in (-1, 1)
    )
    assert frame_of(before, after, clean).passes(thing())


def test_dirt_does_not_pass_though_other_dirt_lies_around(rng: np.random.Generator) -> None:
    clean = background(rng)
    assert not frame_of(clean, clean, clean).passes(thing())
    one_side = with_thing(clean, (PLACE[0], PLACE[1] + 14))
    assert not frame_of(clean, one_side, clean).passes(thing())
    turned = with_thing(clean, (PLACE[0] + 14, PLACE[1]))
    assert not frame_of(turned, one_side, clean).passes(thing())


def test_what_all_frames_show_in_another_place_is_no_way(rng: np.random.Generator) -> None:
    marks = with_thing(with_thing(background(rng), (60, 114)), (60, 86))
    seen = Passing(with_thing(marks, PLACE), marks, marks, (marks, marks))
    assert not seen.passes(thing())


def test_what_leaves_the_picture_passes(rng: np.random.Generator) -> None:
    clean, place = background(rng), (4, 100)
    before = with_thing(clean, (24, 110))
    seen = Passing(with_thing(clean, place), clean, clean, (before, clean))
    assert seen.passes(thing(place))
    assert not Passing(with_thing(clean, place), clean, clean, (clean, clean)).passes(thing(place))


def test_what_a_person_named_is_dirt(rng: np.random.Generator) -> None:
    clean = background(rng)
    before, after = (with_thing(clean, (60, 100 + s * 14)) for s in (-1, 1))
    assert not frame_of(before, after, clean).passes(thing(contrast=0.0))
