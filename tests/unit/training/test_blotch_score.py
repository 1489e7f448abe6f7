# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evenlight.blotch import score
from evenlight.blotch.features import NAMES
from evenlight.errors import EvenlightError
from evenlight.training import blotch_score


def samples(rng: np.random.Generator, count: int) -> blotch_score.Samples:
    features = rng.normal(0, 1, (count, len(NAMES)))
    true = features[:, 3] + features[:, 7] * features[:, 9] > 0.5
    return blotch_score.Samples(features, true, np.ones(count), np.zeros(count))


def test_the_score_learns_what_tells_blotches_apart(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blotch_score, "STEPS", 600)
    model, loss = blotch_score.fit(samples(rng, 6000), samples(rng, 500), seed=1)
    told = blotch_score.figures(model, samples(rng, 1000))
    assert told["precision"] > 0.85
    assert told["recall"] > 0.85
    assert loss < 0.4


def test_what_is_stored_is_what_is_served(
    rng: np.random.Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blotch_score, "STEPS", 100)
    model, _ = blotch_score.fit(samples(rng, 500), samples(rng, 100), seed=1)
    file = tmp_path / score.FILE
    blotch_score.store(model, file, {"seed": 1})
    stored = json.loads(file.read_text())
    parts = [np.array(stored[name]) for name in ("mean", "deviation", "hidden", "output")]
    features = samples(rng, 50).features
    np.testing.assert_allclose(score.Model(*parts)(features), model(features), atol=0.02)
    assert list(tmp_path.iterdir()) == [file]


def test_the_shipped_score_has_a_card_and_knows_the_features() -> None:
    stored = json.loads((Path(score.__file__).parent / score.FILE).read_text())
    assert tuple(stored["features"]) == NAMES
    assert {"made by", "data", "licences", "seed", "kept back"} <= set(stored["card"])
    assert np.isfinite(score.trained()(np.zeros((3, len(NAMES))))).all()


def test_weights_of_other_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "NAMES", ("one",))
    with pytest.raises(EvenlightError, match="install Evenlight again"):
        score.trained()
