# SPDX-License-Identifier: Apache-2.0
"""Prior of blotches: how many of a frame's candidates are any, told by all of them together.

A score has learned from candidates of which a fixed share is blotches. Dirty film has many more,
clean film next to none. Saerens, Latinne and Decaestecker (2002) find the share by expectation and
maximisation over what the score says, and correct the log odds for it.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

#: Share of blotches among the candidates that the score learned from.
LEARNED = 0.08
#: How many candidates of the learned share a frame is taken to have besides its own.
_COUNTS = 20.0
#: Largest correction in log odds.
_LARGEST = 2.5
_ROUNDS = 10


def corrected(odds: Array) -> Array:
    """Log odds (n,) of a frame's candidates, for the share of blotches among them."""
    correction = 0.0
    for _ in range(_ROUNDS):
        likely = float(elementwise.sigmoid(odds + correction).sum())
        share = (likely + LEARNED * _COUNTS) / (len(odds) + _COUNTS)
        correction = _log_odds(share) - _log_odds(LEARNED)
        correction = min(max(correction, -_LARGEST), _LARGEST)
    return odds + correction


def _log_odds(share: float) -> float:
    return float(elementwise.log(np.array([share / (1 - share)]))[0])
