# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from evenlight.frames import DEPTHS
from evenlight.kernels.depth import as_float, as_stored, is_integer, white


@pytest.mark.parametrize(("depth", "top"), [*zip(DEPTHS, (255, 65535, 1, 1), strict=True)])
def test_white_is_one(depth: np.dtype, top: int) -> None:
    assert white(depth) == top
    assert as_float(np.array([0, top], depth)).tolist() == [0.0, 1.0]
    assert as_stored(np.float32([0, 1]), depth).tolist() == [0, top]


@pytest.mark.parametrize("depth", DEPTHS)
def test_stored_values_come_back(depth: np.dtype) -> None:
    stored = np.arange(0, white(depth) + 1, 1 if is_integer(depth) else 0.125).astype(depth)
    assert np.array_equal(as_stored(as_float(stored), depth), stored)


def test_values_beyond_black_and_white_stay_where_there_is_room() -> None:
    values = np.float32([-0.5, 1.5, 1e6])
    assert as_stored(values, np.dtype(np.uint8)).tolist() == [0, 255, 255]
    assert as_stored(values, np.dtype(np.float16)).tolist() == [-0.5, 1.5, 65504.0]
    assert np.array_equal(as_stored(values, np.dtype(np.float32)), values)


def test_grey_is_rounded_to_nearest() -> None:
    values = np.float32([0.4999, 0.5001]) / np.float32(255)
    assert as_stored(values, np.dtype(np.uint8)).tolist() == [0, 1]
