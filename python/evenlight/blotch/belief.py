# SPDX-License-Identifier: Apache-2.0
"""Log odds of a blotch once its repair is known: how well that fits speaks for it or against it.

A doubtful candidate is believed where frames agree on what belongs there and where many others
count; a likelier one may have a worse repair. Weights are rounded from a logistic regression on the
candidates of clips that constants are chosen by, clean and as dirty film.
"""

from __future__ import annotations

from .candidates import Candidate
from .features import NAMES
from .plausible import Verdict

#: Log odds that all of a repair's contrast costs, by what it is that large: disagreement of those
#: who gave it, misfit around the hole, the new step at its border.
_DISAGREEMENT, _MISFIT, _STEP = 5.0, 12.5, 20.0
#: Log odds that it costs where no third frame confirms what two say.
_UNCONFIRMED, _CONFIRMED = 0.5, 3
#: Log odds for a difference that is whole by every flow; and for e times more of the frame that
#: differs, between these logarithms of its share.
_LEAST_DIFFERENCE, _CROWDING, _CROWDED = 3.6, 1.1, (-6.5, -3.0)
#: What all this is for a usual blotch.
_USUAL = 4.5
_LEAST, _CROWD = NAMES.index("least_difference"), NAMES.index("crowding")


def hoped(blotch: Candidate) -> float:
    """The log odds if nothing spoke against the repair."""
    crowding = min(max(float(blotch.features[_CROWD]), _CROWDED[0]), _CROWDED[1]) - _CROWDED[0]
    least = float(blotch.features[_LEAST])
    return blotch.odds + _LEAST_DIFFERENCE * least + _CROWDING * crowding - _USUAL


def believed(blotch: Candidate, verdict: Verdict) -> float:
    """The log odds that it is right to repair a blotch so."""
    against = _DISAGREEMENT * verdict.disagreement + _MISFIT * verdict.misfit
    against += _STEP * verdict.step + _UNCONFIRMED * (verdict.donors < _CONFIRMED)
    return hoped(blotch) - against
