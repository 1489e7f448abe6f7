# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from evenlight.colour.encoding import Encoding
from evenlight.colour.levels import LEVELS, toned
from evenlight.evaluation import damage
from evenlight.flicker.joins import BEGINNING, LightStep, evened, joins_of, light_step
from evenlight.frames import Array, ArrayFrame
from evenlight.memo import Memo
from evenlight.motion.links import linked
from evenlight.motion.preview import Region, measure
from evenlight.motion.window import Neighbour, Window

EVERY, FRAMES = 33, 80


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


def steps_of(clip: Array) -> list[LightStep]:
    memo = Memo()
    frames = [ArrayFrame(frame) for frame in damage.as_bytes(clip)]
    seen = [measure(f, Region(), Encoding.SRGB, by_maximum=False) for f in frames]
    steps = [BEGINNING]
    for before, here in pairwise(seen):
        neighbour = Neighbour(-1, before, linked(memo, before, here))
        steps.append(light_step(Window(here, (neighbour,), ())))
    return steps


def corrected(clip: Array, deficits: dict[int, Array]) -> Array:
    return np.stack([toned(f, 1 + deficits[t]) if t in deficits else f for t, f in enumerate(clip)])


def strayed(clip: Array, scene: Array) -> Array:
    """Light of each frame and channel (T, 3) over the scene's, in levels about middle grey."""
    ratio = np.log2(np.maximum(clip, 1e-3) / scene)
    return 89 * np.median(ratio, axis=(1, 2))


def test_joins_and_drift_are_evened_out_against_the_first_chunk(scene: Array) -> None:
    joined = damage.joins(scene, np.random.default_rng(1), every=EVERY)
    steps = steps_of(joined)
    gains, shared = (np.array([getattr(s, n) for s in steps]) for n in ("gains", "shared"))
    assert joins_of(gains, shared) == [33, 66]
    deficits = evened(range(FRAMES), steps)
    before, after = strayed(joined, scene), strayed(corrected(joined, deficits), scene)
    at = np.array([33, 66])
    assert np.abs(before[at] - before[at - 1]).mean() > 4
    assert np.abs(after[at] - after[at - 1]).mean() < 0.3
    home = [light - light[:EVERY].mean(axis=0) for light in (before, after)]
    assert home[1].std() < 0.25 * home[0].std()


def test_what_has_no_join_is_left_as_it_is(scene: Array) -> None:
    fade = scene * np.linspace(1, 0.5, FRAMES, dtype=np.float32)[:, None, None, None]
    flash = scene.copy()
    flash[40] *= 1.3
    for clip in (scene, fade, flash):
        assert evened(range(FRAMES), steps_of(clip)) == {}


def test_a_lamp_that_lights_a_part_of_the_scene_is_no_join(scene: Array) -> None:
    lamp = scene.copy()
    lamp[40:, :, :60] *= 1.3
    assert evened(range(FRAMES), steps_of(lamp)) == {}


def test_each_shot_has_joins_of_its_own() -> None:
    gain = np.zeros(3)
    calm = LightStep(-1, np.zeros((3, 3)), gain, gain)
    jump = np.full(3, 0.1)
    curve = np.stack([jump, gain, gain], axis=1)
    join = LightStep(-1, curve, jump, jump)
    one = [BEGINNING, *[calm] * 19, join, *[calm] * 19]
    found = evened(range(60), [*one, BEGINNING, *[calm] * 19])
    assert set(found) == set(range(40))
    assert not found[5].any()
    assert found[30] == pytest.approx(np.full((3, len(LEVELS)), 2**0.1 - 1))


def test_a_step_is_what_its_values_say() -> None:
    rng = np.random.default_rng(2)
    step = LightStep(-2, rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3))
    again = LightStep.of(step.values)
    assert again.offset == -2
    assert np.array_equal(again.curves, step.curves)
    assert np.array_equal(again.shared, step.shared)
