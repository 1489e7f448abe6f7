# SPDX-License-Identifier: Apache-2.0
"""What stands in the same place of frames, against what shows in one."""

from __future__ import annotations

import numpy as np
import pytest

from evenlight.blotch.box import Box
from evenlight.blotch.candidates import Candidate
from evenlight.blotch.features import NAMES
from evenlight.blotch.standing import stands

BORDER = Candidate(Box(10, 36, 30, 40), np.ones((20, 4), bool), True, 80, 0.4, np.zeros(len(NAMES)))


@pytest.mark.parametrize(
    ("earlier", "later", "does"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_border_stands_where_both_neighbours_have_it(
    rng: np.random.Generator, *, earlier: bool, later: bool, does: bool
) -> None:
    def frame(*, has_it: bool) -> np.ndarray:
        luma = (0.6 + 0.05 * rng.random((40, 40))).astype(np.float32)
        luma[BORDER.box.part] -= np.float32(0.5 * has_it)
        return luma

    beside = frame(has_it=earlier), frame(has_it=later)
    assert stands(BORDER, frame(has_it=True), beside) is does
