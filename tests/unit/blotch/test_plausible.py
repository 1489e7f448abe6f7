# SPDX-License-Identifier: Apache-2.0
"""Repairs that stand and that do not, by what was measured of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evenlight.blotch.plausible import ONE_SIDED, TWO_SIDED, Repaired, Verdict, verdict
from evenlight.frames import Array

#: A repair whose donors agree and fit, of 20 levels.
GOOD = Verdict(contrast=20 / 255, disagreement=0.1, misfit=0.05, step=0.01, strange=0.5, donors=4)


def test_a_repair_stands_where_its_donors_agree_and_fit() -> None:
    assert GOOD.stands(TWO_SIDED)
    assert GOOD.stands(ONE_SIDED)
    assert not replace(GOOD, contrast=1 / 255).stands(TWO_SIDED)
    assert not replace(GOOD, step=0.3).stands(TWO_SIDED)
    assert not replace(GOOD, misfit=0.65).stands(TWO_SIDED)


def test_a_fill_may_stray_from_its_surroundings_only_where_its_donors_are_sure() -> None:
    strange = replace(GOOD, strange=3.0)
    assert strange.stands(TWO_SIDED)
    assert not replace(strange, disagreement=0.35).stands(TWO_SIDED)
    assert not strange.stands(ONE_SIDED)


def test_a_white_thing_that_the_light_makes_whiter_is_no_dirt(rng: np.random.Generator) -> None:
    rows, columns = np.indices((48, 48))
    paper = (abs(rows - 24) < 8) & (abs(columns - 24) < 10)
    fill = np.where(paper, 0.8, 0.2 + 0.1 * rng.random(paper.shape)).astype(np.float32)
    whiter, spotted = np.where(paper, fill + 0.1, fill), fill.copy()
    spotted[20:28, 6:12] += np.float32(0.1)
    lit, spot = verdict(piece(whiter, fill, paper), []), verdict(piece(spotted, fill), [])
    assert lit.toned > 0.9
    assert not replace(GOOD, toned=lit.toned).stands(TWO_SIDED)
    assert spot.toned < 0.5


def piece(here: Array, fill: Array, hole: Array | None = None) -> Repaired:
    hole = np.abs(here - fill) > 0 if hole is None else hole
    return Repaired(here[..., None], fill[..., None], hole, ~hole)
