# SPDX-License-Identifier: Apache-2.0
"""Readings of what networks answer: all of their functions that are not exact in float32.

The networks that run by default hold nothing but sums and products that float32 holds exactly, so
that their answers are the same bytes on every processor (export/README.md). Their exponentials and
logarithms stand here, after them. Sums run in one order.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

#: What keeps a candidate of no confidence in the running, as the networks were trained.
LEAST_CONFIDENCE = 1e-4
#: Unit of certainty, which keeps it about 1.
UNIT = 8.0


def field_and_certainty(answer: Array, log_gain: Array, confidence: Array) -> tuple[Array, Array]:
    """Log gain that each cell wants (h, w) float32, and its weight in a fit (h, w) float32.

    `answer` (n + 2, h, w) holds the log odds of each candidate and of none, and the certainty
    before its softplus; `log_gain` and `confidence` (n, h, w) are the candidates'.
    """
    odds = answer[: len(log_gain) + 1]
    shares = elementwise.exp(odds - odds.max(axis=0))
    shares[:-1] *= confidence + np.float32(LEAST_CONFIDENCE)
    total, wanted = shares[-1].copy(), np.zeros_like(shares[-1])
    for share, gain in zip(shares[:-1], log_gain, strict=True):
        total += share
        wanted += share * gain
    return wanted / total, softplus(answer[-1]) / np.float32(UNIT)


def softplus(values: Array) -> Array:
    """log(1 + e^x), without overflow."""
    return np.maximum(values, np.float32(0)) + elementwise.log1p(elementwise.exp(-np.abs(values)))
