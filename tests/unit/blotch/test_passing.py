# SPDX-License-Identifier: Apache-2.0
"""Things that pass through the picture, which other frames show elsewhere, and dirt."""

from __future__ import annotations

from dataclasses import replace

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


def with_thing(picture: Array, place: tuple[int, int], size: int = SIZE) -> Array:
    out = picture.copy()
    out[max(place[0], 0) : place[0] + size, max(place[1], 0) : place[1] + size] = 0.8
    return out


def thing(
    place: tuple[int, int] = PLACE,
    contrast: float = 0.4,
    size: int = SIZE,
    bend: float = 0.0,
    odds: float = 1.0,
) -> Candidate:
    box = Box(place[0], place[1], place[0] + size, place[1] + size)
    features = np.zeros(len(NAMES))
    features[NAMES.index("bend")] = bend
    return Candidate(box, np.ones(box.shape, bool), False, size * size, contrast, features, odds)


def passing(here: Array, clean: Array, seen: tuple[Array, Array], moved: float = 0.0) -> Passing:
    """A frame, what it is without its blotches, and the frames beside it, moved by so much."""
    flow = np.full((*SHAPE, 2), moved, np.float32)
    return Passing(here, clean, clean, seen, seen, (-flow, flow))


def frame_of(before: Array, after: Array, clean: Array) -> Passing:
    return passing(with_thing(clean, PLACE), clean, (before, after))


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
    seen = passing(with_thing(marks, PLACE), marks, (marks, marks))
    assert not seen.passes(thing())


def test_what_leaves_the_picture_passes(rng: np.random.Generator) -> None:
    clean, place = background(rng), (4, 100)
    before = with_thing(clean, (24, 110))
    seen = passing(with_thing(clean, place), clean, (before, clean))
    assert seen.passes(thing(place))
    assert not passing(with_thing(clean, place), clean, (clean, clean)).passes(thing(place))


def test_where_motion_is_lost_a_thing_may_lie_anywhere(rng: np.random.Generator) -> None:
    clean = background(rng)
    before, after = with_thing(clean, (80, 100)), with_thing(clean, (60, 114))
    seen = frame_of(before, after, clean)
    assert seen.passes(thing(bend=8.0))
    assert not seen.passes(thing(bend=8.0, odds=4.0))
    assert not seen.passes(thing())


def test_where_motion_is_lost_a_way_may_be_even_in_the_picture(rng: np.random.Generator) -> None:
    clean = background(rng)
    unmoved = with_thing(clean, (50, 80)), with_thing(clean, (70, 120))
    seen = replace(frame_of(clean, clean, clean), unmoved=unmoved)
    assert seen.passes(thing(bend=8.0))
    assert not seen.passes(thing())


def test_a_large_thing_is_known_again_by_one_frame(rng: np.random.Generator) -> None:
    clean, size = background(rng), 10
    before = with_thing(clean, (PLACE[0] + 20, PLACE[1] - 14), size)
    seen = passing(with_thing(clean, PLACE, size), clean, (before, clean))
    assert seen.passes(thing(size=size))
    nowhere = passing(with_thing(clean, PLACE, size), clean, (clean, clean))
    assert not nowhere.passes(thing(size=size))


def test_what_lies_outside_a_neighbour_cannot_be_told(rng: np.random.Generator) -> None:
    clean, place = background(rng), (60, 4)
    seen = passing(with_thing(clean, place), clean, (clean, clean), moved=12.0)
    assert seen.passes(thing(place))
    assert not seen.passes(thing(place, odds=4.0))
    assert not seen.passes(thing())
    assert not seen.passes(thing(place, contrast=0.0))


def test_what_a_person_named_is_dirt(rng: np.random.Generator) -> None:
    clean = background(rng)
    before, after = (with_thing(clean, (60, 100 + s * 14)) for s in (-1, 1))
    assert not frame_of(before, after, clean).passes(thing(contrast=0.0))


def test_what_goes_on_from_frame_to_frame_of_one_side_passes(rng: np.random.Generator) -> None:
    clean = background(rng)
    steps = [with_thing(clean, (PLACE[0] + n * 20, PLACE[1] - n * 28)) for n in (1, 2)]
    assert frame_of(steps[0], steps[1], clean).goes_on(thing())
    assert not frame_of(steps[0], clean, clean).goes_on(thing())
    assert not frame_of(steps[0], steps[0], clean).goes_on(thing())
