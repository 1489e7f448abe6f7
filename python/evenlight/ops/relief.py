# SPDX-License-Identifier: Apache-2.0
"""From a field on the display-like scale to what it does to the clip's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .encoding import Encoding, from_display, highest, to_display
from .kernels import KNOTS, NODE_DISTANCE
from .spatial import Field

#: Display values are this power of linear light.
_DISPLAY_POWER = 2.4
#: Step of the difference that tells how far a value moves with exposure.
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Relief:
    """A gain that differs over the frame, at every row and every `NODE_DISTANCE`-th column.

    Without `sensitivity` the nodes are factors of the stored values. With it, on a logarithmic
    scale, they are exposure (natural logarithm), and a value moves by node * sensitivity(value).
    """

    nodes: Array  # (rows of the frame, nodes) float32
    sensitivity: Array | None = None  # at KNOTS


def relief_of(field: Field | None, encoding: Encoding, shape: tuple[int, int]) -> Relief | None:
    """The relief of a field over a frame of (height, width) pixels."""
    if field is None or not field.coefficients.any():
        return None
    height, width = shape
    columns = np.arange(width // NODE_DISTANCE + 2) * NODE_DISTANCE
    exposure = field.basis.over(
        field.coefficients, (np.arange(height) + 0.5) / height, (columns + 0.5) / width
    )
    if encoding is Encoding.LOG:
        return Relief(exposure.astype(np.float32), _sensitivity(encoding))
    power = _DISPLAY_POWER if encoding is Encoding.LINEAR else 1.0
    return Relief(np.exp(power * exposure).astype(np.float32))


def _sensitivity(encoding: Encoding) -> Array:
    stored = np.minimum(KNOTS, highest(encoding))
    display = to_display(stored, encoding)
    moved = [from_display(display * np.exp(step), encoding) for step in (_STEP, -_STEP)]
    sensitivity: Array = (moved[0] - moved[1]) / (2 * _STEP)
    return sensitivity
