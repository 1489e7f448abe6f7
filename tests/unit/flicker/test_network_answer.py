# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.flicker.network_answer import LEAST_CONFIDENCE, UNIT, field_and_certainty

FAR = np.array([-500, -90, -5, -1e-3, 0, 1e-3, 5, 90, 500], np.float32)


def test_cells_want_what_candidates_say_by_odds_and_confidence(rng: np.random.Generator) -> None:
    answer, log_gain = rng.normal(0, 4, (7, 6, 5)), rng.normal(0, 1, (5, 6, 5))
    confidence = rng.uniform(0, 1, log_gain.shape)
    shares = np.exp(answer[:6]) * np.concatenate(
        [confidence + LEAST_CONFIDENCE, np.ones((1, 6, 5))]
    )
    expected = (shares[:5] * log_gain).sum(axis=0) / shares.sum(axis=0)
    given = (one.astype(np.float32) for one in (answer, log_gain, confidence))
    wanted, certainty = field_and_certainty(*given)
    assert wanted == pytest.approx(expected, abs=1e-6)
    assert certainty == pytest.approx(np.log1p(np.exp(answer[6])) / UNIT, abs=1e-6)
    assert wanted.dtype == certainty.dtype == np.float32


def test_nothing_overflows() -> None:
    answer = np.zeros((4, 1, len(FAR)), np.float32)
    answer[0], answer[2], answer[3] = FAR, -FAR, FAR
    gains = np.stack([np.full((1, len(FAR)), gain, np.float32) for gain in (1.0, -1.0)])
    wanted, certainty = field_and_certainty(answer, gains, np.ones_like(gains))
    assert np.isfinite(wanted).all()
    assert wanted[0, -1] == pytest.approx(1)
    assert certainty[0, [0, -1]].tolist() == [0, 500 / UNIT]


def test_sums_do_not_depend_on_what_lies_beside(rng: np.random.Generator) -> None:
    answer, log_gain = (rng.normal(0, 3, (n, 9, 11)).astype(np.float32) for n in (14, 12))
    confidence = rng.uniform(0, 1, log_gain.shape).astype(np.float32)
    whole = field_and_certainty(answer, log_gain, confidence)
    for row in range(9):
        part = np.s_[:, row : row + 1, 3:4]
        alone = field_and_certainty(answer[part], log_gain[part], confidence[part])
        for one, all_of_it in zip(alone, whole, strict=True):
            assert one[0, 0] == all_of_it[row, 3]
