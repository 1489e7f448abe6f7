# SPDX-License-Identifier: Apache-2.0
"""Reading of the networks' answer: what of their functions float32 does not hold exactly.

The networks that run by default hold nothing but sums and products that are exact in float32, so
that their answers are the same bytes on every processor (export/README.md). Softmax and softplus
follow here, of `kernels.elementwise`, which does not depend on the processor either. Sums run in
one order.
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
    return wanted / total, elementwise.softplus(answer[-1]) / np.float32(UNIT)
