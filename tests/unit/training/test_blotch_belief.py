# SPDX-License-Identifier: Apache-2.0
"""The fit of what repairs are believed by."""

from __future__ import annotations

import numpy as np
import pytest

from evenlight.blotch.belief import MEASURES
from evenlight.training.blotch_belief import Repairs, fit, repaired


def repairs(rng: np.random.Generator, worth: list[float], count: int = 20000) -> Repairs:
    odds, measured = rng.normal(0, 3, count), rng.uniform(0, 1, (count, len(MEASURES)))
    said = odds + measured @ np.array(worth) + 1
    true = rng.random(count) < 1 / (1 + np.exp(-said))
    return Repairs(odds, measured, true, rng.uniform(0.5, 1.5, count))


def test_the_fit_finds_what_repairs_are_worth(rng: np.random.Generator) -> None:
    worth = [3.0, 1.0, -5.0, -2.0, 0.0, 0.5]
    found, constant = fit(repairs(rng, worth))
    np.testing.assert_allclose(found, worth, atol=0.6)
    assert constant == pytest.approx(1, abs=0.6)


def test_better_weights_repair_more_dirt_with_as_many_false_repairs(
    rng: np.random.Generator,
) -> None:
    worth = [3.0, 1.0, -5.0, -2.0, 0.0, 0.5]
    given = repairs(rng, worth)
    assert repaired(given, np.array(worth), 200) > repaired(given, np.zeros(len(worth)), 200)
