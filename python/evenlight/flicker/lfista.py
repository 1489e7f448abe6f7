# SPDX-License-Identifier: Apache-2.0
"""Fields by the unrolled network, in place of the exact solver of `motion.fields`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..frames import Array
from ..inference.networks import Networks
from ..motion.fields import Basis, Fitted, Step, relate
from ..motion.preview import Preview

MODEL = "lfista"
#: Cells that must speak for each term of the field.
LEAST_PER_TERM = 2


def cosines(basis: Basis, shape: tuple[int, int]) -> Array:
    """The terms over a frame of `shape`, (terms, h w) float32."""
    unit = np.eye(len(basis.frequencies))
    return np.stack([basis.picture(one, shape).ravel() for one in unit]).astype(np.float32)


def fit_unrolled(
    networks: Networks,
    centre: Preview,
    side: Sequence[Step],
    gains: Sequence[Array | None],
    basis: Basis,
) -> Fitted:
    """Fields from the centre to each neighbour of one side, nearest first; as `fit_fields`."""
    terms, count = len(basis.frequencies), len(side)
    coefficients, shares, deviations = np.zeros((count, terms)), np.zeros(count), np.zeros(count)
    if not count:
        return Fitted(coefficients, shares, deviations)
    height, width = centre.structure.shape
    relation, weights = relate(centre, side, gains)
    speaking = weights > 0
    able = np.flatnonzero(speaking.sum(axis=1) >= LEAST_PER_TERM * terms)
    if len(able):
        even = weights[able] / weights[able].mean(axis=1, keepdims=True)
        found, _ = networks.run(
            MODEL,
            {
                "relation": relation[able].astype(np.float32).reshape(-1, 1, height, width),
                "weights": even.astype(np.float32).reshape(-1, 1, height, width),
                "cosines": cosines(basis, (height, width)),
            },
        )
        for place, own, certain in zip(able, found.astype(np.float64), even, strict=True):
            field = basis.picture(own, (height, width)).ravel()
            left = np.abs(relation[place] - field) * np.sqrt(certain)
            coefficients[place] = own
            shares[place] = speaking[place].mean()
            deviations[place] = 1.4826 * np.median(left[speaking[place]]) + 1e-4
    return Fitted(coefficients, shares, deviations)
