# SPDX-License-Identifier: Apache-2.0
"""The NumPy form of `_native.fit_fields`, to read and to hold the compiled one to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tests.reference.matching import sample

from evenlight.colour.levels import LEVELS
from evenlight.frames import Array
from evenlight.motion.fields import QUIET_CELL, Basis, Step
from evenlight.motion.preview import MATCH, Preview

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_HUBER_ROUNDS, _TUKEY_ROUNDS = 2, 2


def fit(
    centre: Preview, side: Sequence[Step], gains: Sequence[Array], basis: Basis
) -> list[tuple[Array, float, float]]:
    """Coefficients (terms,), share and deviation for each neighbour of one side."""
    height, width = centre.structure.shape
    rows, columns = np.indices(centre.structure.shape, dtype=np.float32)
    cosines = np.stack(
        [basis.picture(unit, (height, width)).ravel() for unit in np.eye(len(basis.frequencies))],
        axis=1,
    )
    field = np.zeros((height, width, 2), np.float32)
    fitted = []
    for (structure, colour, flow, _), curves in zip(side, gains, strict=True):
        field = field + sample(flow, columns + field[..., 0], rows + field[..., 1])
        x, y = columns + field[..., 0], rows + field[..., 1]
        inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
        there = sample(colour, x, y)
        here = _toned(centre.colour, curves)
        luma = (there @ _LUMA).astype(np.float64)
        difference = (sample(structure[..., None], x, y)[..., 0] - centre.structure) / MATCH
        relation = np.log((luma + QUIET_CELL) / (here + QUIET_CELL))
        weights = np.exp(-(difference.astype(np.float64) ** 2)) / (
            _variance(here) + _variance(luma)
        )
        fitted.append(
            _robust(cosines, np.where(inside, relation, 0).ravel(), (inside * weights).ravel())
        )
    return fitted


def _toned(colour: Array, curves: Array) -> Array:
    keys = np.log2(np.maximum(colour.astype(np.float64), 1e-6))
    channels = [
        _LUMA[c] * colour[..., c] * np.interp(keys[..., c], np.log2(LEVELS), curves[c])
        for c in range(3)
    ]
    toned: Array = np.sum(channels, axis=0)
    return toned


def _variance(luma: Array) -> Array:
    noise: Array = 0.02**2 + (1.5 / 255 / (luma + 1 / 255)) ** 2
    return noise


def _robust(cosines: Array, relation: Array, weights: Array) -> tuple[Array, float, float]:
    terms = cosines.shape[1]
    speaking = weights > 0
    if speaking.sum() < 2 * terms:
        return np.zeros(terms), 0.0, 0.0
    robust, deviation = weights, 0.0
    for turn in range(_HUBER_ROUNDS + _TUKEY_ROUNDS + 1):
        weighted = cosines * robust[:, None]
        matrix = cosines.T @ weighted
        matrix += 1e-3 * np.trace(matrix) / terms * np.eye(terms)
        coefficients = np.linalg.solve(matrix, weighted.T @ relation)
        if turn == _HUBER_ROUNDS + _TUKEY_ROUNDS:
            break
        size = np.abs(relation - cosines @ coefficients) * np.sqrt(weights / weights.mean())
        deviation = 1.4826 * np.sort(size[speaking])[speaking.sum() // 2] + 1e-4
        u = size / deviation
        huber = np.minimum(1, 1.345 / np.maximum(u, 1e-9))
        tukey = np.maximum(0, 1 - (u / 4.685) ** 2) ** 2
        robust = weights * (huber if turn < _HUBER_ROUNDS else tukey)
    return coefficients, float(speaking.mean()), float(deviation)
