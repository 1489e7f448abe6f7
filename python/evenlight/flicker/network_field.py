# SPDX-License-Identifier: Apache-2.0
"""The field of light that a frame lacks, as a network reads it off the inputs.

The network says for each cell what gain it wants and how surely; the field is the ridge regression
of that on the same few cosines as the exact solver's (`evenlight.models.gfrm` has the network).
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..inference.networks import Networks
from ..inference.padding import padded
from ..kernels import linear
from ..motion.fields import Basis
from .local import Field
from .network_answer import field_and_certainty
from .network_inputs import NetworkInputs

#: The network of the global stage, to which all neighbours of the window and the exact solver
#: speak, and that of the temporal stage, to which a few neighbours speak, as they are corrected.
GFRM, TCM = "gfrm", "tcm"
#: Sides of what the network is given are multiples of this; what is added says nothing.
MULTIPLE = 8
#: Ridge of the mean, in cells of certainty 1, and what each square of frequency adds.
_RIDGE, _RIDGE_BY_FREQUENCY = 0.125, 0.0125


def learned_field(inputs: NetworkInputs, basis: Basis, model: str, networks: Networks) -> Field:
    """The field that brings the centre, after its tone curve, to its window's light.

    Its mean is 0 but for the temporal stage: neighbours say how light differs over the frame once
    their tone curves are taken out; only corrected ones stand in one light.
    """
    rows, columns = inputs.log_gain.shape[1:]
    seen = {"said": inputs.log_gain, "sure": inputs.confidence, "context": inputs.context}
    batch = {name: padded(part, MULTIPLE) for name, part in seen.items()}
    (answer,) = networks.run(model, batch)
    wanted, certainty = field_and_certainty(
        answer[0, :, :rows, :columns], inputs.log_gain, inputs.confidence
    )
    coefficients = smooth_fit(wanted, certainty, basis)
    if model != TCM:
        coefficients[basis.families == 0] = 0
    return Field(basis, coefficients)


def smooth_fit(wanted: Array, certainty: Array, basis: Basis) -> Array:
    """Coefficients (terms,) of the field nearest to `wanted` (h, w), weighted by `certainty`.

    Nothing in it depends on threads or processors: products are summed in one order.
    """
    wanted, certainty = wanted.astype(np.float64), certainty.astype(np.float64)
    down, across = basis.cosines(wanted.shape)  # (terms, h), (n, w)
    along = basis.frequencies[:, 1]
    pairs = (across[:, None] * across).reshape(-1, across.shape[1])
    columns = along[:, None] * len(across) + along
    products = linear.product(certainty, pairs.T)[:, columns]  # (h, terms, terms)
    told = linear.product(certainty * wanted, across.T)[:, along]  # (h, terms)
    rows = down.T
    matrix = (rows[:, :, None] * rows[:, None] * products).sum(axis=0) + np.diag(ridge(basis))
    right = (rows * told).sum(axis=0)
    return linear.solve(matrix, right)


def ridge(basis: Basis) -> Array:
    """Ridge of each term (terms,), which is added to the normal equations."""
    return _RIDGE + _RIDGE_BY_FREQUENCY * np.square(basis.frequencies).sum(axis=1).astype(
        np.float64
    )
