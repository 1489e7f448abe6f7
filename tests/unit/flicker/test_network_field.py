# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evenlight.errors import ModelError
from evenlight.flicker.network_field import GFRM, learned_field, ridge, smooth_fit
from evenlight.flicker.network_inputs import CANDIDATES, CONTEXT, NetworkInputs
from evenlight.frames import Array
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.motion.fields import Bands, Basis

SHAPES = [(45, 80), (80, 45), (1, 1), (3, 7)]

NETWORKS = Networks(Sessions())


def evidence(shape: tuple[int, int], said: float = 0.0) -> NetworkInputs:
    sure = np.full((CANDIDATES, *shape), 0.8, np.float32)
    return NetworkInputs(
        said * np.linspace(-1, 1, shape[1], dtype=np.float32) * np.ones_like(sure),
        sure,
        np.zeros((CONTEXT, *shape), np.float32),
        np.full((3, *shape), 0.5, np.float32),
    )


@pytest.mark.parametrize("basis", [Basis(6, Bands.ROWS), Basis(4, Bands.COLUMNS)], ids=str)
def test_the_fit_is_the_weighted_ridge_regression(rng: np.random.Generator, basis: Basis) -> None:
    shape = (45, 80)
    wanted, certainty = rng.normal(size=shape), rng.random(shape)
    unit = np.eye(len(basis.frequencies))
    terms = np.stack([basis.picture(one, shape).ravel() for one in unit])
    matrix = (terms * certainty.ravel()) @ terms.T + np.diag(ridge(basis))
    expected = np.linalg.solve(matrix, terms @ (certainty * wanted).ravel())
    assert smooth_fit(wanted, certainty, basis) == pytest.approx(expected, abs=1e-10)


def test_what_is_uncertain_does_not_count(rng: np.random.Generator) -> None:
    basis = Basis(4, Bands.OFF)
    true = rng.normal(0, 0.1, len(basis.frequencies))
    wanted, certainty = basis.picture(true, (45, 80)), np.full((45, 80), 50.0)
    wanted[10:20, 30:50], certainty[10:20, 30:50] = 9.0, 0.0
    assert smooth_fit(wanted, certainty, basis) == pytest.approx(true, abs=0.005)


def test_nothing_certain_is_no_field() -> None:
    basis = Basis(6, Bands.ROWS)
    found: Array = smooth_fit(np.ones((45, 80)), np.zeros((45, 80)), basis)
    assert not found.any()


@pytest.mark.parametrize("shape", SHAPES)
def test_any_proxy_is_served(shape: tuple[int, int]) -> None:
    field = learned_field(evidence(shape), Basis(6, Bands.ROWS), GFRM, NETWORKS)
    assert not field.coefficients.any()  # nothing is said to lack, so nothing is found


def test_what_all_say_is_found() -> None:
    field = learned_field(evidence((45, 80), said=0.1), Basis(6, Bands.ROWS), GFRM, NETWORKS)
    picture = field.basis.picture(field.coefficients, (45, 80))
    assert abs(picture.mean()) < 1e-6
    assert -0.11 < picture[:, 0].mean() < -0.03
    assert 0.03 < picture[:, -1].mean() < 0.11


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    nowhere = Networks(Sessions(tmp_path))
    with pytest.raises(ModelError, match=r"gfrm\.onnx is missing; install Evenlight again"):
        learned_field(evidence((45, 80)), Basis(6, Bands.ROWS), GFRM, nowhere)
