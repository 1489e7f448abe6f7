# SPDX-License-Identifier: Apache-2.0
"""Log odds of a blotch once its repair is known: how well that fits speaks for it or against it.

A doubtful candidate is believed where frames agree on what belongs there and where many others
count; a likelier one may have a worse repair. `python -m evenlight.training.blotch_belief` fits the
weights anew to the clips that constants are chosen by: disagreement and misfit are near what it
says. The others ask more of clean frames than it does, and with as few false repairs they find as
much.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from .candidates import Candidate
from .features import NAMES
from .plausible import Verdict

#: Log odds that each measure of a repair is worth: the share of the difference that is whole by
#: every flow, the logarithm of the share of the frame that differs; and of the repair's contrast
#: the disagreement of those who gave it, the misfit around the hole, the new step at its border;
#: and that no third frame confirms what two say.
WORTH = {
    "least_difference": 3.6,
    "crowding": 1.1,
    "disagreement": -5.0,
    "misfit": -12.5,
    "step": -20.0,
    "unconfirmed": -0.5,
}
MEASURES = tuple(WORTH)
_CONFIRMED = 3
#: Logarithms between which crowding tells; and what all this is for a usual blotch.
_CROWDED = -6.5, -3.0
USUAL = 4.5
_LEAST, _CROWD = NAMES.index("least_difference"), NAMES.index("crowding")
_WEIGHTS = np.array(list(WORTH.values()))
#: A repair that nothing speaks against.
_PERFECT = Verdict(contrast=1, disagreement=0, misfit=0, step=0, strange=0, donors=_CONFIRMED)


def measures(blotch: Candidate, verdict: Verdict) -> Array:
    """The MEASURES (len(MEASURES),) of a repair."""
    crowding = min(max(float(blotch.features[_CROWD]), _CROWDED[0]), _CROWDED[1]) - _CROWDED[0]
    least = float(blotch.features[_LEAST])
    against = verdict.disagreement, verdict.misfit, verdict.step, verdict.donors < _CONFIRMED
    return np.array([least, crowding, *against], float)


def hoped(blotch: Candidate) -> float:
    """The log odds if nothing spoke against the repair."""
    return believed(blotch, _PERFECT)


def believed(blotch: Candidate, verdict: Verdict) -> float:
    """The log odds that it is right to repair a blotch so."""
    return blotch.odds + float((_WEIGHTS * measures(blotch, verdict)).sum()) - USUAL
