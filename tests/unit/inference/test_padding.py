# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from evenlight.inference.padding import padded


def test_sides_become_multiples_and_the_picture_stays() -> None:
    picture = np.arange(2 * 3 * 5, dtype=np.float32).reshape(2, 3, 5)
    out = padded(picture, 4)
    assert out.shape == (1, 2, 4, 8)
    assert np.array_equal(out[0, :, :3, :5], picture)
    assert not out[0, :, 3:].any()
    assert not out[0, :, :, 5:].any()


def test_the_edge_may_be_repeated() -> None:
    picture = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    out = padded(picture, 4, edge=True)
    assert out[0, 0, 3].tolist() == [3, 4, 5, 5]
    assert out[0, 0, :, 3].tolist() == [2, 5, 5, 5]


def test_sides_that_fit_are_left() -> None:
    assert padded(np.ones((3, 8, 16)), 8).shape == (1, 3, 8, 16)
