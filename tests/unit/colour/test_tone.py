# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.colour.encoding import Encoding, to_display
from evenlight.colour.levels import LEVELS
from evenlight.colour.tone import curves_of
from evenlight.frames import Array
from evenlight.kernels.pixels import KNOTS


def correction(*gains: float) -> Array:
    return np.repeat(np.array(gains)[:, None], len(LEVELS), axis=1)


def test_no_correction_is_a_gain_of_exactly_one() -> None:
    for encoding in (Encoding.LINEAR, Encoding.LOG):
        curves = curves_of(correction(1, 1, 1), encoding, by_maximum=False)
        assert (curves.gains == 1).all()


def test_on_display_values_the_gain_is_the_gain() -> None:
    curves = curves_of(correction(0.5, 1, 2), Encoding.SRGB, by_maximum=False)
    np.testing.assert_allclose(curves.gains, [[0.5], [1], [2]] * np.ones_like(KNOTS), rtol=1e-12)


@pytest.mark.parametrize("encoding", [Encoding.LINEAR, Encoding.LOG, Encoding.REC709])
def test_the_display_value_is_what_is_multiplied(encoding: Encoding) -> None:
    curves = curves_of(correction(1.2, 1.2, 1.2), encoding, by_maximum=False)
    middle = (KNOTS > 0.2) & (KNOTS < 1.5)
    got = to_display((KNOTS * curves.gains[0])[middle], encoding)
    np.testing.assert_allclose(got, 1.2 * to_display(KNOTS[middle], encoding), rtol=1e-9)


@pytest.mark.parametrize("encoding", [Encoding.LINEAR, Encoding.LOG, Encoding.SRGB])
def test_every_gain_is_a_finite_number(encoding: Encoding) -> None:
    for gain in (0.3, 3.0):
        assert np.isfinite(
            curves_of(correction(gain, gain, gain), encoding, by_maximum=False).gains
        ).all()


def test_by_maximum_there_is_one_curve_for_all_channels() -> None:
    curves = curves_of(correction(1.1, 1.1, 1.1), Encoding.SRGB, by_maximum=True)
    assert curves.by_maximum
    assert curves.gains.shape == (1, len(KNOTS))
