# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.flicker.meant import MeantChanges

FRAMES = 160


def test_light_that_goes_on_is_foretold() -> None:
    changes = np.repeat(0.01 * np.sin(np.arange(FRAMES) / 6)[:, None], 3, axis=1)
    known = np.ones(FRAMES, bool)
    known[80] = False
    meant = MeantChanges.of(changes, known)
    assert meant.at(80) == pytest.approx(changes[80], abs=1.5e-3)


def test_light_that_returns_is_foretold_to_return() -> None:
    light = 0.01 * np.random.default_rng(1).standard_normal((FRAMES, 3))
    changes = np.diff(light, axis=0, prepend=light[:1])
    known = np.ones(FRAMES, bool)
    meant = MeantChanges.of(changes, known)
    missed = np.array([changes[t] - meant.at(t) for t in range(20, 140)])
    assert missed.std() < 0.85 * changes.std()


def test_where_little_is_known_the_middle_is_foretold() -> None:
    changes = np.ones((5, 3))
    assert not MeantChanges.of(changes, np.zeros(5, bool)).at(2).any()
    alone = np.array([True, False, False, False, False])
    assert MeantChanges.of(changes, alone).at(3) == pytest.approx(np.ones(3))
