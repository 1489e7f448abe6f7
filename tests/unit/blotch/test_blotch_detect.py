# SPDX-License-Identifier: Apache-2.0
"""DifferenceMaps and candidates, on pictures small enough to say what must come out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate, candidates
from evenlight.blotch.detect import apart
from evenlight.blotch.differences import DifferenceMaps, Side, difference_maps
from evenlight.blotch.features import GROWN, NAMES, grown_of, likeness
from evenlight.blotch.settings import Wanted
from evenlight.effects.deblotch import DeblotchParams, blotch_settings
from evenlight.frames import Array
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.motion.dense import enlarged, luma_flow, structure_of, through_middle

SHAPE = (180, 320)


def scene(rng: np.random.Generator, shape: tuple[int, int] = SHAPE) -> Array:
    """Soft detail, (h, w) float32 0.1..0.9."""
    noise = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), 3)
    return np.clip(0.5 + 0.12 * noise / noise.std(), 0.1, 0.9).astype(np.float32)


def seen(before: Array, here: Array, after: Array) -> DifferenceMaps:
    sides = [
        Side(one, structure_of(one), luma_flow(here, one), luma_flow(one, here))
        for one in (before, after)
    ]
    return difference_maps(here, (sides[0], sides[1]), across=luma_flow(before, after))


def pan(rng: np.random.Generator, speed: int) -> tuple[Array, Array, Array]:
    wide = scene(rng, (SHAPE[0], SHAPE[1] + 2 * speed))
    first, second, third = (
        np.ascontiguousarray(wide[:, k * speed : k * speed + SHAPE[1]]) for k in range(3)
    )
    return first, second, third


def test_the_flow_from_neighbour_to_neighbour_passes_through_the_frame_between(
    rng: np.random.Generator,
) -> None:
    before, _, after = pan(rng, 9)
    back, forth = (enlarged(one, SHAPE) for one in through_middle(luma_flow(before, after)))
    inner = slice(30, -30), slice(60, -60)
    assert np.abs(forth[inner] - np.array([-9, 0])).mean() < 0.3
    np.testing.assert_array_equal(back, -forth)


@pytest.mark.parametrize("speed", [0, 9, 30])
def test_what_lies_under_a_blotch_is_found_in_spite_of_motion(
    rng: np.random.Generator, speed: int
) -> None:
    before, here, after = pan(rng, speed)
    blotched = here.copy()
    blotched[70:110, 140:190] = 0.02
    fill = seen(before, blotched, after).fill
    under = slice(72, 108), slice(142, 188)
    assert np.abs(fill[under] - here[under]).mean() < 0.012


def test_a_blotch_that_runs_into_something_else_is_a_candidate_of_its_own(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scene(rng)
    here, likely = before.copy(), np.zeros(SHAPE, np.float32)
    here[60:100, 100:180] *= 0.5
    here[60:100, 100:130] = 0.0
    likely[60:100, 100:130] = 0.99
    monkeypatch.setattr("evenlight.blotch.candidates.probability", lambda *_: likely)
    maps, networks = seen(before, here, before), Networks(Sessions())
    boxes = [one.box for one in candidates(maps, (before, before), networks)]
    assert any(box[3] - box[1] > 70 for box in boxes)
    assert any(20 < box[3] - box[1] < 40 for box in boxes)


def candidate(box: tuple[int, int, int, int], *, hollow: bool = False) -> Candidate:
    mask = np.ones((box[2] - box[0], box[3] - box[1]), bool)
    if hollow:
        mask[1:-1, 1:-1] = False
    return Candidate(Box(*box), mask, True, int(mask.sum()), 0.3, np.zeros(len(NAMES)))


def test_of_candidates_in_each_other_the_likelier_stays_and_of_sure_ones_the_larger() -> None:
    large, small, beside = (candidate(b) for b in ((0, 0, 9, 9), (2, 2, 5, 5), (20, 0, 25, 9)))
    assert apart([large, small, beside], np.array([1.0, 2.0, 1.0])) == [small, beside]
    assert apart([large, small, beside], np.array([6.0, 7.0, 1.0])) == [large, beside]
    ring = candidate((0, 0, 9, 9), hollow=True)
    assert apart([ring, small], np.array([1.0, 2.0])) == [ring, small]
    assert apart([], np.empty(0)) == []


def test_what_some_motion_finds_in_a_neighbour_is_explained_and_a_blotch_is_not(
    rng: np.random.Generator,
) -> None:
    before, here, after = pan(rng, 9)
    blotched = here.copy()
    blotched[70:90, 140:160] = 0.02
    maps = seen(before, blotched, after)
    assert (maps.unexplained[72:88, 142:158] < -0.1).mean() > 0.95
    assert np.abs(maps.unexplained[:60, 40:-40]).max() < 0.03
    for one in (maps.initial, maps.interpolated, maps.reestimated):
        assert (np.abs(maps.unexplained) <= np.abs(one) + 1e-6).all()


def test_less_difference_is_enough_where_a_picture_is_quieter(rng: np.random.Generator) -> None:
    before, here = scene(rng), None
    grain = rng.normal(0, 0.02, (3, *SHAPE)).astype(np.float32)
    grain[..., :160] *= 0.05
    first, here, last = (before + one for one in grain)
    grown = grown_of(seen(first, here, last).noise)
    assert grown[:, :120].max() < 5 / 255
    assert grown[:, 200:].min() == pytest.approx(GROWN)


def test_what_moves_fast_is_found_elsewhere_and_a_blotch_is_nowhere(
    rng: np.random.Generator,
) -> None:
    thing, lumas = rng.uniform(0, 1, (8, 8)).astype(np.float32), []
    for column in (90, 100, 110, 120, None):
        lumas.append(np.full(SHAPE, 0.5, np.float32))
        if column is not None:
            lumas[-1][60:68, column : column + 8] = thing
    before, here, after, beyond, nothing = lumas
    box = Box(60, 100, 68, 108)
    assert likeness(here, (before, after, beyond), box, 0.3) == pytest.approx(
        (0, 0, 0, 0), abs=0.01
    )
    worst, best, _, turn = likeness(here, (before, nothing), box, 0.3)
    assert best < 0.01
    assert worst > 0.3
    assert turn > 0.3


def test_a_blotch_is_no_less_likely_to_count_where_more_is_wanted() -> None:
    def wanted_of(**params: float) -> Wanted:
        return blotch_settings(DeblotchParams(**params)).wanted

    wanted = [wanted_of(sensitivity=one / 10).log_odds for one in range(11)]
    assert wanted == sorted(wanted, reverse=True)
    protected = [wanted_of(motion_protection=one / 10).protection for one in range(11)]
    assert protected == sorted(protected)
    assert protected[5] == 0


def test_a_frame_that_was_exposed_twice_is_another_picture(rng: np.random.Generator) -> None:
    before, here, after = pan(rng, 2)
    blotched = here.copy()
    blotched[40:140, 100:200] = 0.02
    assert not seen(before, blotched, after).is_another_picture
    twice = np.asarray(0.5 * (here + scene(rng)), np.float32)
    assert seen(before, twice, after).is_another_picture


def test_a_frame_whose_light_differs_is_the_same_picture(rng: np.random.Generator) -> None:
    before, here, after = pan(rng, 2)
    rows, columns = np.indices(SHAPE) / np.array(SHAPE)[:, None, None]
    light = 1 + 0.4 * np.cos(np.pi * rows) * np.cos(np.pi * columns)
    lit = (here * light).astype(np.float32)
    assert not seen(before, lit, after).is_another_picture
