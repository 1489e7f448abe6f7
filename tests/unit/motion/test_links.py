# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import cv2
import numpy as np
from skimage.data import astronaut, chelsea, coffee, rocket

from evenlight.frames import Array
from evenlight.motion.dense import warp
from evenlight.motion.links import correlation, link
from evenlight.motion.preview import Preview, normalise


def scene(seed: int, shift: int = 0, gain: float = 1.0) -> Preview:
    """A soft random picture; `shift` moves what it shows to the right."""
    wide = np.random.default_rng(seed).random((45, 100, 3), np.float32)
    soft: Array = cv2.GaussianBlur(wide, (0, 0), 2.0)
    soft = (soft - soft.min()) / (soft.max() - soft.min()) * 0.6 + 0.2
    colour = np.ascontiguousarray(soft[:, 10 - shift : 90 - shift] * np.float32(gain))
    return Preview(colour, normalise(colour), b"")


def small(photograph: Array, gain: float = 1.0) -> Preview:
    cells = cv2.resize(photograph, (80, 45), interpolation=cv2.INTER_AREA)
    colour = np.clip(cells.astype(np.float32) * np.float32(gain / 255), 0, 1)
    return Preview(colour, normalise(colour), b"")


def test_a_pan_is_followed_there_and_back() -> None:
    got = link(scene(1), scene(1, shift=3))
    inner = (slice(8, -8), slice(12, -12))
    assert abs(np.median(got.forward[inner][..., 0]) - 3) < 0.2
    assert abs(np.median(got.backward[inner][..., 0]) + 3) < 0.2
    assert abs(np.median(got.forward[inner][..., 1])) < 0.1
    assert got.same_shot


def test_flicker_is_not_taken_for_motion_nor_for_a_cut() -> None:
    got = link(scene(1), scene(1, gain=0.6))
    assert np.abs(got.forward).mean() < 0.1
    assert got.same_shot


def test_the_change_of_light_is_measured_on_what_both_show() -> None:
    got = link(scene(1), scene(1, gain=0.8))
    np.testing.assert_allclose(got.light.stops, np.log2(0.8), rtol=0.03)
    assert got.light.noise < 0.002**2


def test_what_differs_over_the_frame_does_not_bend_the_change_of_light() -> None:
    first = scene(1)
    down, along = np.mgrid[-1:1:45j, -1:1:80j]
    differing = 0.3 * along + 0.2 * np.cos(np.pi * down)
    lit = first.colour * np.float32(0.8) * np.exp(differing).astype(np.float32)[..., None]
    got = link(first, Preview(lit, normalise(lit), b"")).light
    np.testing.assert_allclose(got.stops, np.log2(lit.mean() / first.colour.mean()), atol=0.01)
    np.testing.assert_allclose(got.evened, np.log2(0.8), atol=0.01)


def test_another_photograph_is_another_shot_however_bright() -> None:
    photographs = [astronaut(), chelsea(), coffee(), rocket()]
    for first, second in itertools.permutations(photographs, 2):
        for gain in (0.7, 1.0, 1.3):
            assert not link(small(first), small(second, gain)).same_shot
    assert link(small(photographs[0]), small(photographs[0], 0.7)).same_shot


def test_flat_pictures_belong_together() -> None:
    flat = [np.full((45, 80, 3), value, np.float32) for value in (0.2, 0.7)]
    got = link(*(Preview(colour, normalise(colour), b"") for colour in flat))
    assert got.same_shot
    np.testing.assert_allclose(got.light.stops, np.log2(0.7 / 0.2), rtol=0.02)


def test_a_picture_too_small_to_follow_stands_still() -> None:
    colour = np.full((3, 40, 3), 0.5, np.float32)
    small = Preview(colour, normalise(colour), b"")
    assert not link(small, small).forward.any()


def test_warping_by_whole_cells_shifts_the_picture() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    field = np.zeros((3, 4, 2), np.float32)
    field[..., 0] = 1
    np.testing.assert_array_equal(warp(picture, field), picture[:, [1, 2, 3, 3]])


def test_correlation_tells_equal_from_opposite() -> None:
    structure = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert correlation(structure, structure) == 1.0
    assert correlation(structure, -structure) < -0.9
    assert correlation(np.zeros((2, 2)), np.zeros((2, 2))) == 1.0
