# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.flicker import lfista
from evenlight.frames import Array
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.motion import fields
from evenlight.motion.fields import Bands, Basis, Step
from evenlight.motion.preview import Preview, normalise

STILL = np.zeros((45, 80, 2), np.float32)

NETWORKS = Networks(Sessions())


def preview(colour: Array) -> Preview:
    colour = colour.astype(np.float32)
    return Preview(colour, normalise(colour), b"")


def scene(basis: Basis, blotched: bool) -> tuple[Preview, list[Step], Array]:
    rng = np.random.default_rng(2)
    colour = np.repeat(rng.uniform(0.2, 0.5, (45, 80, 1)), 3, axis=2)
    true = rng.normal(0, 0.15, len(basis.frequencies)) / (1 + basis.frequencies.sum(axis=1)) ** 1.5
    there = colour * np.exp(basis.picture(true, (45, 80)))[..., None]
    there += rng.normal(0, 0.003, there.shape)
    beside = preview(there)
    if blotched:
        there = there.copy()
        there[8:20, 30:45] = 0.05
    step: Step = (beside.structure, there.astype(np.float32), STILL, None)
    return preview(colour), [step], true


@pytest.mark.parametrize("basis", [Basis(6, Bands.ROWS), Basis(4, Bands.OFF)], ids=str)
@pytest.mark.parametrize("blotched", [False, True])
def test_the_network_finds_the_field(basis: Basis, blotched: bool) -> None:
    centre, steps, true = scene(basis, blotched)
    found = lfista.fit_unrolled(NETWORKS, centre, steps, [None], basis)
    exact = fields.fit_fields(centre, steps, [None], basis)
    assert np.linalg.norm(found.coefficients[0] - true) < 0.03
    assert found.shares == pytest.approx(exact.shares)
    assert found.deviations == pytest.approx(exact.deviations, rel=0.5)


def test_without_neighbours_nothing_is_found() -> None:
    basis = Basis(6, Bands.ROWS)
    centre, _, _ = scene(basis, blotched=False)
    assert lfista.fit_unrolled(NETWORKS, centre, [], [], basis).coefficients.shape == (0, 54)


def test_where_nothing_speaks_the_field_is_nothing() -> None:
    basis = Basis(6, Bands.ROWS)
    centre, [(structure, colour, _, gains)], _ = scene(basis, blotched=False)
    away = np.full_like(STILL, 500.0)
    found = lfista.fit_unrolled(NETWORKS, centre, [(structure, colour, away, gains)], [None], basis)
    assert not found.coefficients.any()
    assert found.shares == [0]
