# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest

from evenlight.blotch import network
from evenlight.blotch.differences import DifferenceMaps, Side, difference_maps
from evenlight.inference.networks import Networks
from evenlight.inference.sessions import Sessions
from evenlight.motion.dense import luma_flow, structure_of

NETWORKS = Networks(Sessions())


def still(shape: tuple[int, int], blotch: float | None) -> DifferenceMaps:
    rng = np.random.default_rng(4)
    noise = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), 3)
    clean = np.clip(0.5 + 0.12 * noise / noise.std(), 0.1, 0.9).astype(np.float32)
    grained = [clean + rng.normal(0, 0.006, shape).astype(np.float32) for _ in range(3)]
    if blotch is not None:
        grained[1][60:84, 100:130] = blotch
    before, here, after = grained
    sides = [
        Side(one, structure_of(one), luma_flow(here, one), luma_flow(one, here))
        for one in (before, after)
    ]
    across = luma_flow(before, after)
    return difference_maps(here, (sides[0], sides[1]), across=across)


@pytest.mark.parametrize("shape", [(180, 320), (171, 233)])
@pytest.mark.parametrize("level", [0.02, 0.98])
def test_a_blotch_is_likely_and_what_lies_around_is_not(
    shape: tuple[int, int], level: float
) -> None:
    likely = network.probability(still(shape, level), NETWORKS)
    assert likely.shape == shape
    assert likely[64:80, 104:126].mean() > 0.9
    likely[54:90, 94:136] = 0
    assert likely.mean() < 0.01


def test_a_clean_frame_has_none() -> None:
    assert network.probability(still((180, 320), None), NETWORKS).max() < 0.5
