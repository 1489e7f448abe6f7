# SPDX-License-Identifier: Apache-2.0
"""Light that is hard to tell from flicker, and flicker that is hard to see."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight.effects.deflicker import Deflicker, DeflickerParams
from evenlight.flicker.settings import Method
from evenlight.frames import Array, RenderRequest

HEIGHT, WIDTH = 90, 160
TIME = np.arange(40)


def scene(rng: np.random.Generator, move: float = 0.0, frames: int = len(TIME)) -> list[Array]:
    """Soft blobs of one colour, which move `move` pixels from frame to frame."""
    wide = cv2.GaussianBlur(rng.random((HEIGHT, WIDTH + 200), np.float32), (0, 0), 4)
    wide = 0.1 + 0.5 * (wide - wide.min()) / (wide.max() - wide.min())
    picture = np.repeat(wide[..., None], 3, axis=2)
    starts = [round(move * t) for t in range(frames)]
    return [np.ascontiguousarray(picture[:, s : s + WIDTH]) for s in starts]


def lit(frames: list[Array], stops: Array) -> list[Array]:
    gains = np.exp2(stops).astype(np.float32)
    return [frame * gain for frame, gain in zip(frames, gains, strict=True)]


def repaired(frames: list[Array], at: range | list[int], **params: object) -> list[Array]:
    effect, clip, found = Deflicker(), ArrayClip(frames, name="clip"), []
    for time in at:
        out = np.zeros_like(frames[time])
        effect.process(clip, RenderRequest(float(time)), DeflickerParams(**params), out)  # type: ignore[arg-type]
        found.append(out)
    return found


def light(frames: list[Array], truth: list[Array]) -> Array:
    """Stops of each frame over its truth."""
    pairs = zip(frames, truth, strict=True)
    return np.array([np.median(np.log2(f[t > 0.05] / t[t > 0.05])) for f, t in pairs])


def test_flicker_goes_where_nothing_stands_still(rng: np.random.Generator) -> None:
    clean = scene(rng, move=2.0)
    stops = rng.normal(0, 0.12, len(TIME))
    at = range(12, 28)
    left = light(repaired(lit(clean, stops), at), [clean[t] for t in at])
    assert left.std() < 0.25 * stops[12:28].std()


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_shots_of_few_frames_come_back_as_they_are(rng: np.random.Generator, frames: int) -> None:
    flickering = lit(scene(rng, frames=frames), rng.normal(0, 0.2, frames))
    for result, frame in zip(repaired(flickering, range(frames)), flickering, strict=True):
        np.testing.assert_array_equal(result, frame)


def test_networks_lose_nothing_of_a_narrow_window(rng: np.random.Generator) -> None:
    clean, at = scene(rng, move=1.0), range(8, 32)
    clip = lit(clean, rng.normal(0, 0.12, len(TIME)))
    left = {}
    for method in Method:
        found = repaired(clip, at, method=method, radius=6)
        left[method] = light(found, [clean[t] for t in at]).std()
    assert left[Method.LEARNED] < 1.05 * left[Method.CLASSICAL]


def test_a_film_that_is_dark_but_for_a_lamp_is_evened_and_not_blown_up(
    rng: np.random.Generator,
) -> None:
    clean = [0.02 * frame for frame in scene(rng)]
    down, along = np.mgrid[0:HEIGHT, 0:WIDTH]
    lamp = np.exp(-(((down - 40) / 12) ** 2) - ((along - 60) / 12) ** 2).astype(np.float32)
    clean = [frame + 0.6 * lamp[..., None] for frame in clean]
    stops = rng.normal(0, 0.1, len(TIME))
    flickering, at = lit(clean, stops), range(12, 28)
    found = repaired(flickering, at)
    left = np.array([np.log2(f[40, 60, 1] / clean[0][40, 60, 1]) for f in found])
    assert left.std() < 0.5 * stops[12:28].std()
    for result, time in zip(found, at, strict=True):
        gain = (result + 1e-3) / (flickering[time] + 1e-3)
        assert np.abs(np.log2(gain)).max() < 0.6, "no level moves farther than light flickers"


def strobe(rng: np.random.Generator) -> Array:
    return np.where(rng.random(len(TIME)) < 0.5, 0.0, -3.5)


def lightning(_: np.random.Generator) -> Array:
    stops = np.full(len(TIME), -2.0)
    stops[[9, 10, 20, 21, 22, 31]] += [1.6, 1.9, 2.0, 1.5, 1.7, 1.8]
    return stops


def a_camera_flash(_: np.random.Generator) -> Array:
    return np.where(TIME == 20, 0.7, 0.0)


def gunfire(_: np.random.Generator) -> Array:
    return np.where(np.isin(TIME, (8, 9, 15, 20, 21, 29)), 1.3, -1.0)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("event", [strobe, lightning, a_camera_flash, gunfire])
def test_light_of_the_scene_is_left(
    rng: np.random.Generator, event: object, method: Method
) -> None:
    stops = event(rng)  # type: ignore[operator]
    clip, at = lit(scene(rng), stops), range(4, 36, 1)
    changed = light(repaired(clip, at, method=method), [clip[t] for t in at])
    assert np.abs(changed).max() < 0.05


@pytest.mark.parametrize("method", Method)
def test_lightning_over_a_part_of_the_scene_is_left(
    rng: np.random.Generator, method: Method
) -> None:
    clip = scene(rng)
    clip[20] = clip[20].copy()
    clip[20][:, : WIDTH // 2] *= 1.8
    at = range(18, 23)
    for result, time in zip(repaired(clip, at, method=method), at, strict=True):
        assert np.abs(result - clip[time]).mean() < 0.002


def test_a_projector_that_starts_slowly_is_followed_without_its_flicker(
    rng: np.random.Generator,
) -> None:
    start = -2.0 * np.exp(-TIME / 8)
    clean = scene(rng)
    flicker = rng.normal(0, 0.08, len(TIME))
    wanted, at = lit(clean, start), range(6, 34)
    left = light(repaired(lit(wanted, flicker), at), [wanted[t] for t in at])
    assert np.diff(left).std() < 0.15 * np.diff(flicker[6:34]).std()
    assert np.abs(left - left.mean()).max() < 0.15


def test_frames_that_are_shown_twice_are_evened_alike(rng: np.random.Generator) -> None:
    stops = np.repeat(rng.normal(0, 0.12, len(TIME) // 2), 2)
    clean = [frame for frame in scene(rng, move=1.0)[::2] for _ in range(2)]
    at = range(12, 28)
    left = light(repaired(lit(clean, stops), at), [clean[t] for t in at])
    assert left.std() < 0.35 * stops[12:28].std()
    np.testing.assert_allclose(left[::2], left[1::2], atol=0.02)
