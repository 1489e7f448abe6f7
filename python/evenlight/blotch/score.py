# SPDX-License-Identifier: Apache-2.0
"""How likely a candidate is a blotch: a small trained model of its features.

Trained by `python -m evenlight.training.blotch_score`; the weights and what they were trained on
lie beside this file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from ..errors import EvenlightError
from ..frames import Array
from ..kernels import elementwise, linear
from .features import NAMES

FILE = "score.json"


@dataclass(frozen=True, slots=True)
class Model:
    """One hidden layer of tanh units on standardised features."""

    mean: Array  # (features,)
    deviation: Array  # (features,)
    hidden: Array  # (features + 1, units), the bias last
    output: Array  # (units + 1,)

    def __call__(self, features: Array) -> Array:
        """Log odds (n,) of features (n, len(NAMES))."""
        standard = np.clip((features - self.mean) / self.deviation, -4, 4)
        units = elementwise.tanh(linear.product(standard, self.hidden[:-1]) + self.hidden[-1])
        odds: Array = linear.product(units, self.output[:-1, None])[:, 0] + self.output[-1]
        return odds


def trained() -> Model:
    """The model that is shipped; raises EvenlightError where it does not fit this version."""
    try:
        stored = json.loads((files(__package__) / FILE).read_text(encoding="utf-8"))
        if tuple(stored["features"]) != NAMES:
            raise ValueError("its features are others")
        parts = (np.array(stored[name]) for name in ("mean", "deviation", "hidden", "output"))
        return Model(*parts)
    except (OSError, KeyError, ValueError) as error:
        raise EvenlightError(
            f"the weights of Deblotch cannot be read ({error}); install Evenlight again"
        ) from error
