# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.blotch.prior import LEARNED, corrected
from evenlight.frames import Array


def odds_of(count: int, share: float) -> Array:
    """What a fair score says of so many candidates, of which a share are blotches."""
    rng = np.random.default_rng(3)
    true = rng.random(count) < share
    said = rng.normal(np.where(true, 2, -2), 2)  # log odds at even shares
    return said + np.log(LEARNED / (1 - LEARNED))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_the_share_is_found_and_the_odds_are_corrected_for_it(share: float) -> None:
    odds = odds_of(4000, share)
    expected = np.log(share / (1 - share)) - np.log(LEARNED / (1 - LEARNED))
    assert corrected(odds) - odds == pytest.approx(expected, abs=0.25)


def test_order_stays_and_the_correction_is_bounded() -> None:
    for share in (0.0, 0.9):
        odds = odds_of(200, share)
        gain = corrected(odds) - odds
        assert np.ptp(gain) < 1e-9
        assert abs(gain[0]) <= 2.5


def test_few_candidates_say_little() -> None:
    (alone,) = corrected(np.array([5.0])) - 5.0
    assert -1.2 < alone < 0.5
    assert len(corrected(np.empty(0))) == 0
