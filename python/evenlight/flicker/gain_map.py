# SPDX-License-Identifier: Apache-2.0
"""From a field on the display-like scale to what it does to the clip's own numbers."""

from __future__ import annotations

import numpy as np

from ..colour.encoding import DISPLAY_POWER, Encoding, from_display, highest, to_display
from ..frames import Array
from ..kernels import elementwise
from ..kernels.pixels import KNOTS, NODE_DISTANCE, GainMap
from .local import Field

#: Step of the difference that tells how far a value moves with exposure.
_STEP = 1e-3


def gain_map_of(field: Field | None, encoding: Encoding, shape: tuple[int, int]) -> GainMap | None:
    """The gain_map of a field over a frame of (height, width) pixels."""
    if field is None or not field.coefficients.any():
        return None
    height, width = shape
    columns = np.arange(width // NODE_DISTANCE + 2) * NODE_DISTANCE
    exposure = field.basis.over(
        field.coefficients, (np.arange(height) + 0.5) / height, (columns + 0.5) / width
    )
    if encoding is Encoding.LOG:
        return GainMap(exposure.astype(np.float32), _sensitivity(encoding))
    power = DISPLAY_POWER if encoding is Encoding.LINEAR else 1.0
    return GainMap(elementwise.exp(power * exposure).astype(np.float32))


def _sensitivity(encoding: Encoding) -> Array:
    stored = np.minimum(KNOTS, highest(encoding))
    display = to_display(stored, encoding)
    moved = [from_display(display * elementwise.exp(step), encoding) for step in (_STEP, -_STEP)]
    sensitivity: Array = (moved[0] - moved[1]) / (2 * _STEP)
    return sensitivity
