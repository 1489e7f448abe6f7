# SPDX-License-Identifier: Apache-2.0
"""The compiled fit of fields gives what NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import fields as reference

from evenlight.colour.levels import LEVELS
from evenlight.frames import Array
from evenlight.motion import fields
from evenlight.motion.fields import Bands, Basis
from evenlight.motion.preview import Preview, normalise


def preview(colour: Array) -> Preview:
    return Preview(colour, normalise(colour), b"")


@pytest.mark.parametrize("bands", list(Bands))
@pytest.mark.parametrize("shape", [(45, 80), (80, 45), (30, 31)], ids=str)
def test_the_compiled_fit_is_that_of_numpy(
    rng: np.random.Generator, shape: tuple[int, int], bands: Bands
) -> None:
    scene = (np.repeat(rng.random((*shape, 1), np.float32), 3, 2) * 0.9 + 0.05).astype(np.float32)
    centre = preview(scene)
    side, curves = [], []
    for distance in range(1, 4):
        neighbour = scene * np.linspace(0.8, 1.2, shape[0], dtype=np.float32)[:, None, None]
        neighbour[5:9, 5:12] = 0.02  # a blotch
        neighbour = np.minimum(neighbour * (1 + 0.1 * distance), 1).astype(np.float32)
        other = preview(neighbour)
        flow = rng.normal(0, 0.3, (*shape, 2)).astype(np.float32)
        side.append((other.structure, other.colour, flow, None))
        curves.append(1 + 0.05 * distance * np.linspace(-1, 1, len(LEVELS)) * np.ones((3, 1)))
    basis = Basis(5, bands)
    got = fields.fit_fields(centre, side, curves, basis)
    want = reference.fit(centre, side, curves, basis)
    for i, (coefficients, share, deviation) in enumerate(want):
        np.testing.assert_allclose(got.coefficients[i], coefficients, atol=2e-6)
        assert got.shares[i] == pytest.approx(share)
        assert got.deviations[i] == pytest.approx(deviation, rel=1e-4)


def test_too_few_cells_say_nothing(rng: np.random.Generator) -> None:
    scene = preview(rng.random((5, 6, 3), np.float32))
    still = np.zeros((5, 6, 2), np.float32)
    step = (scene.structure, scene.colour, still, None)
    fitted = fields.fit_fields(scene, [step], [None], Basis(6, Bands.ROWS))
    assert fitted.shares[0] == 0
    assert not fitted.coefficients.any()
