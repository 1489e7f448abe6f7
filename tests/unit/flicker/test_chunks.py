# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.flicker.chunks import beginnings, joins_of
from evenlight.frames import Array

FRAMES = 180


def changes_with(rng: np.random.Generator, jumps: dict[int, float], jitter: float) -> Array:
    changes = jitter * rng.standard_normal((FRAMES, 3))
    for place, size in jumps.items():
        changes[place] += size * np.array([1.0, 0.8, 1.2])
    changes[0] = 0
    return changes


@pytest.mark.parametrize(("period", "first"), [(33, 33), (77, 77), (81, 81), (49, 20)])
def test_joins_at_a_common_period_are_found(period: int, first: int) -> None:
    rng = np.random.default_rng(period)
    places = list(range(first, FRAMES, period))
    sizes = {place: rng.choice([-1, 1]) * rng.uniform(0.04, 0.15) for place in places}
    changes = changes_with(rng, sizes, 0.006)
    assert beginnings(changes, changes) == places


def test_a_weak_join_is_found_by_its_fellows_and_what_jumps_between_is_none() -> None:
    rng = np.random.default_rng(1)
    jumps = {33: 0.1, 66: -0.12, 99: 0.015, 132: 0.08, 165: -0.1, 80: 0.1}
    changes = changes_with(rng, jumps, 0.004)
    assert 99 not in joins_of(changes, changes)
    assert beginnings(changes, changes) == [33, 66, 99, 132, 165]


def test_a_single_join_is_sure_by_itself_or_none() -> None:
    rng = np.random.default_rng(2)
    for size, found in ((0.1, [100]), (0.01, [])):
        changes = changes_with(rng, {100: size}, 0.004)
        assert beginnings(changes, changes) == found


def test_nothing_is_found_where_light_is_calm_or_jumps_anyhow() -> None:
    rng = np.random.default_rng(3)
    calm = changes_with(rng, {}, 0.004)
    rough = np.diff(0.05 * rng.standard_normal((FRAMES, 1)), axis=0, prepend=0)
    rough = rough + 0.005 * rng.standard_normal((FRAMES, 3))
    for changes in (calm, rough, calm[:1], calm[:5]):
        assert beginnings(changes, np.zeros_like(changes)) == []
