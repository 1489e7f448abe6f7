# SPDX-License-Identifier: Apache-2.0
"""The compiled continuation into holes gives what NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference import bridge as reference

from evenlight.kernels.bridge import bridged


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(2, 9), (3, 3), (5, 8), (37, 50), (64, 65)], ids=str)
def test_holes_are_filled_as_by_the_reference(
    rng: np.random.Generator, shape: tuple[int, int], channels: int
) -> None:
    field = rng.normal(size=(*shape, channels)).astype(np.float32)
    for holes in (rng.random(shape) < 0.2, rng.random(shape) < 0.9):
        holes[:2, :2] = False, True
        holes[shape[0] // 3 : shape[0] // 2 + 1, shape[1] // 3 :] = True
        got = bridged(field, holes)
        np.testing.assert_array_equal(got, reference.bridged(field, holes))
        np.testing.assert_array_equal(got[~holes], field[~holes])


def test_what_holes_hold_is_not_read() -> None:
    field = np.full((12, 17, 3), 0.25, np.float32)
    holes = np.zeros((12, 17), bool)
    holes[3:9, 2:11] = True
    field[holes] = np.nan
    np.testing.assert_allclose(bridged(field, holes), 0.25, rtol=1e-6)


def test_a_slope_goes_on_across_a_hole() -> None:
    field = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], 48, axis=0)
    holes = np.zeros((48, 64), bool)
    holes[20:28, 28:36] = True
    assert np.abs(bridged(field, holes) - field).max() < 0.03


def test_a_field_of_holes_alone_stays_and_what_does_not_fit_is_refused() -> None:
    field = np.ones((4, 5, 2), np.float32)
    assert bridged(field, np.ones((4, 5), bool)) is field
    with pytest.raises(ValueError, match="height and width"):
        bridged(field, np.eye(3, dtype=bool))
    with pytest.raises(ValueError, match="channels"):
        bridged(np.ones((4, 4, 5), np.float32), np.eye(4, dtype=bool))
