# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from evenlight.analysis.record import thumbnail
from evenlight.colour.encoding import Encoding
from evenlight.colour.levels import toned
from evenlight.evaluation import damage
from evenlight.flicker.evening import EvenedShot, evened, shots
from evenlight.flicker.joins import BEGINNING, STEP_VALUES, LightStep, light_step
from evenlight.frames import Array, ArrayFrame
from evenlight.memo import Memo
from evenlight.motion.links import linked
from evenlight.motion.preview import Region, measure
from evenlight.motion.window import Neighbour, Window

EVERY, FRAMES = 33, 80
RADIUS, STEADINESS, KEEP_ABOVE = 40, 0.5, 1.0


@pytest.fixture(scope="module")
def scene() -> Array:
    """A still scene, a soft disc wandering over it: (T, 96, 160, 3) float32 0..1."""
    rng = np.random.default_rng(3)
    ground = cv2.GaussianBlur(rng.uniform(0, 1, (96, 160, 3)), (0, 0), 4)
    ground = np.clip(0.45 + 5 * (ground - ground.mean()), 0.15, 0.75).astype(np.float32)
    disc = cv2.circle(np.zeros((96, 160, 1), np.float32), (40, 50), 14, (0.5,), -1)
    disc = cv2.GaussianBlur(disc, (0, 0), 3)[..., None]
    moved = [np.roll(disc, time, axis=1) for time in range(FRAMES)]
    return np.stack([ground * (1 - m) + 0.6 * m for m in moved])


def seen_of(clip: Array) -> tuple[list[LightStep], Array]:
    """Steps and thumbnails of a clip."""
    memo = Memo()
    frames = [ArrayFrame(frame) for frame in damage.as_bytes(clip)]
    seen = [measure(f, Region(), Encoding.SRGB, by_maximum=False) for f in frames]
    steps = [BEGINNING]
    for before, here in pairwise(seen):
        neighbour = Neighbour(-1, before, linked(memo, before, here))
        steps.append(light_step(Window(here, (neighbour,), ())))
    return steps, np.stack([thumbnail(preview) for preview in seen])


def evened_clip(clip: Array) -> Array:
    shot = evened(*seen_of(clip))
    assert shot is not None
    return np.stack([toned(f, 1 + deficit_of(shot, t)) for t, f in enumerate(clip)])


def deficit_of(shot: EvenedShot, place: int) -> Array:
    return shot.deficit(place, RADIUS, STEADINESS, KEEP_ABOVE)


def strayed(clip: Array, scene: Array) -> Array:
    """Light of each frame and channel (T, 3) over the scene's, in levels about middle grey."""
    ratio = np.log2(np.maximum(clip, 1e-3) / scene)
    return 89 * np.median(ratio, axis=(1, 2))


def test_joins_and_drift_are_evened_out_against_the_first_chunk(scene: Array) -> None:
    joined = damage.joins(scene, np.random.default_rng(1), every=EVERY)
    before, after = strayed(joined, scene), strayed(evened_clip(joined), scene)
    at = np.array([33, 66])
    assert np.abs(before[at] - before[at - 1]).mean() > 4
    assert np.abs(after[at] - after[at - 1]).mean() < 0.15
    home = [light - light[:EVERY].mean(axis=0) for light in (before, after)]
    assert home[1].std() < 0.1 * home[0].std()


def test_what_has_no_join_is_left_as_it_is(scene: Array) -> None:
    fade = scene * np.linspace(1, 0.5, FRAMES, dtype=np.float32)[:, None, None, None]
    flash = scene.copy()
    flash[40] *= 1.3
    for clip in (scene, fade, flash):
        assert evened(*seen_of(clip)) is None


def test_a_lamp_that_lights_a_part_of_the_scene_is_no_join(scene: Array) -> None:
    lamp = scene.copy()
    lamp[40:, :, :60] *= 1.3
    assert evened(*seen_of(lamp)) is None


def test_light_that_is_meant_goes_on_through_joins(scene: Array) -> None:
    meant = 1 + 0.03 * np.sin(np.arange(FRAMES) / 2.5)
    lit = scene * meant[:, None, None, None].astype(np.float32)
    after = evened_clip(damage.joins(lit, np.random.default_rng(1), every=EVERY, drift=0))
    strays = strayed(after, lit)
    assert np.abs(strays - strays[:EVERY].mean(axis=0)).max() < 3


def test_flicker_is_told_from_meant_light_in_each_window() -> None:
    rng = np.random.default_rng(4)
    flicker = 0.03 * np.repeat(rng.standard_normal((FRAMES, 1)), 3, axis=1)
    changes = np.diff(flicker + 0.002 * np.arange(FRAMES)[:, None], axis=0, prepend=0)
    steps = [LightStep(-1, np.zeros((3, 3)), np.zeros(3), np.zeros(3), 1e-6, 0.0)] * FRAMES
    shot = EvenedShot([np.zeros((3, 1))] * FRAMES, changes, steps)
    lacking = np.array([np.log2(1 + deficit_of(shot, place))[:, 0] for place in range(FRAMES)])
    assert (flicker + lacking)[10:-10].std() < 0.35 * flicker.std()
    calm = EvenedShot(shot.ways, np.full((FRAMES, 3), 0.002), steps)
    assert not deficit_of(calm, 40).any()
    assert not deficit_of(EvenedShot(shot.ways[:1], changes[:1], steps[:1]), 0).any()


def test_shots_follow_steps_past_frames_that_are_shown_again_or_torn() -> None:
    def step(offset: int, gain: float) -> LightStep:
        gains = np.full(3, gain)
        curves = np.outer(gains, [1.0, 0.0, 0.0])
        return LightStep(offset, curves, gains, gains, 0.0, 0.0)

    steps = [BEGINNING, step(-1, 0.1), step(-1, 0.01), step(-2, 0.2), BEGINNING, step(-2, 0.3)]
    (places, own), (torn, _) = shots(range(10, 16), steps)
    assert places == [0, 1, 2, 3, 5]
    assert torn == [4]
    assert [s.gains[0] for s in own] == pytest.approx([0, 0.1, 0.01, 0.19, 0.3])
    assert own[3].curves[:, 0] == pytest.approx(np.full(3, 0.19))
    assert [p for p, _ in shots([0, 1, 5, 6], [BEGINNING, *[step(-1, 0.0)] * 3])] == [
        [0, 1],
        [2, 3],
    ]


def test_a_step_is_what_its_values_say() -> None:
    rng = np.random.default_rng(2)
    step = LightStep(-2, rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3), 0.25, 0.5)
    again = LightStep.of(step.values)
    assert (again.offset, again.noise, again.hues) == (-2, 0.25, 0.5)
    assert len(step.values) == STEP_VALUES
    for name in ("curves", "gains", "shared"):
        assert np.array_equal(getattr(again, name), getattr(step, name))
