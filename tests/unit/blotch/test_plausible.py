# SPDX-License-Identifier: Apache-2.0
"""Repairs that stand and that do not, by what was measured of them."""

from __future__ import annotations

from dataclasses import replace

from evenlight.blotch.plausible import ONE_SIDED, TWO_SIDED, Verdict

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
