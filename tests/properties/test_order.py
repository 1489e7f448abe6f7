# SPDX-License-Identifier: Apache-2.0
"""A frame is the same whatever was rendered before it, in any order, by any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from tests.clips import ArrayClip
from tests.properties.conftest import SESSIONS

from evenlight import EFFECTS, Effect, RenderRequest
from evenlight.effects import Resources
from evenlight.frames import Array

COUNT = 10


def moving(shape: tuple[int, int], seed: int) -> list[Array]:
    """A pan under flickering light with a blotch in every frame, (H, W, 3) float32."""
    rng = np.random.default_rng(seed)
    height, width = shape
    coarse = rng.random((height // 6 + 2, width // 6 + 12, 3)).astype(np.float32)
    wide = np.kron(coarse, np.ones((6, 6, 1), np.float32)) * 0.6 + 0.15
    frames = []
    for time in range(COUNT):
        lit = wide[:height, 2 * time : 2 * time + width] * np.float32(1 + 0.2 * np.sin(2.1 * time))
        y, x = int(rng.integers(height - 6)), int(rng.integers(width - 6))
        lit[y : y + 5, x : x + 6] = 0.02
        frames.append(lit + rng.normal(0, 0.004, lit.shape).astype(np.float32))
    return frames


def opened(effect: type[Effect]) -> Effect:
    return effect(Resources(sessions=SESSIONS))


def rendered(effect: Effect, frames: list[Array], time: int) -> bytes:
    """The frame by the effect's defaults."""
    out = np.empty_like(frames[time])
    params: Any = effect.params()
    effect.process(ArrayClip(frames, name="clip/"), RenderRequest(time), params, out)
    return out.tobytes()


@pytest.fixture(scope="module", params=EFFECTS, ids=lambda effect: effect.label)
def case(request: pytest.FixtureRequest) -> tuple[type[Effect], list[Array], list[bytes]]:
    """An effect, a clip, and each frame rendered with nothing before it."""
    frames = moving((100, 132), 3)
    return (
        request.param,
        frames,
        [rendered(opened(request.param), frames, time) for time in range(COUNT)],
    )


@pytest.mark.parametrize("shape", [(16, 16), (48, 64), (60, 80)])
def test_a_small_picture_before_changes_nothing(
    case: tuple[type[Effect], list[Array], list[bytes]], shape: tuple[int, int]
) -> None:
    kind, frames, expected = case
    effect, small = opened(kind), moving(shape, 4)
    for time in (3, 7):
        rendered(effect, small, time)
        assert rendered(effect, frames, time) == expected[time]


def test_the_order_changes_nothing(case: tuple[type[Effect], list[Array], list[bytes]]) -> None:
    kind, frames, expected = case
    effect = opened(kind)
    got = {time: rendered(effect, frames, time) for time in reversed(range(COUNT))}
    assert [got[time] for time in range(COUNT)] == expected


def test_threads_change_nothing(case: tuple[type[Effect], list[Array], list[bytes]]) -> None:
    kind, frames, expected = case
    effect, small = opened(kind), moving((48, 64), 4)

    def work(number: int) -> bool:
        if number % 3 == 0:
            rendered(effect, small, number % COUNT)
        time = number * 7 % COUNT
        return rendered(effect, frames, time) == expected[time]

    with ThreadPoolExecutor(32) as threads:
        assert all(threads.map(work, range(32)))
