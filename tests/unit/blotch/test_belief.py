# SPDX-License-Identifier: Apache-2.0
"""Log odds of repairs: what speaks for them and against them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evenlight.blotch.belief import believed, hoped
from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.plausible import Verdict

PERFECT = Verdict(contrast=0.1, disagreement=0, misfit=0, step=0, strange=0, donors=4)


def blotch(odds: float, *, crowding: float = -5.0, least: float = 0.8) -> Candidate:
    features = np.zeros(len(NAMES))
    features[NAMES.index("crowding")], features[NAMES.index("least_difference")] = crowding, least
    return Candidate(Box(0, 0, 4, 4), np.ones((4, 4), bool), True, 16, 0.1, features, odds)


def test_nothing_makes_a_repair_likelier_than_what_was_hoped() -> None:
    assert believed(blotch(1), PERFECT) == hoped(blotch(1))
    for worse in ({"disagreement": 0.3}, {"misfit": 0.1}, {"step": 0.05}, {"donors": 2}):
        assert believed(blotch(1), replace(PERFECT, **worse)) < hoped(blotch(1))


def test_a_likelier_blotch_may_have_a_worse_repair() -> None:
    poor = replace(PERFECT, disagreement=0.4, misfit=0.1)
    assert believed(blotch(4), poor) > believed(blotch(-1), PERFECT)


@pytest.mark.parametrize(("low", "high"), [(-9.0, -6.5), (-3.0, -1.0)])
def test_dirty_frames_are_believed_more_up_to_a_limit(low: float, high: float) -> None:
    assert hoped(blotch(0, crowding=-4)) > hoped(blotch(0, crowding=-6))
    assert hoped(blotch(0, crowding=low)) == hoped(blotch(0, crowding=high))
