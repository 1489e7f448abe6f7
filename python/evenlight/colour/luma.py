# SPDX-License-Identifier: Apache-2.0
"""One brightness of three colours."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels.constants import LUMA

#: Shares of red, green and blue: Rec. 601, by which frames are measured, and Rec. 709, for views.
MEASURED = LUMA
SHOWN = tuple(np.float32(share) for share in (0.2126, 0.7152, 0.0722))
#: Display value that keeps ratios and logarithms of dark values quiet.
QUIET = np.float32(4 / 255)


def luma_of(colour: Array, shares: tuple[np.float32, ...] = MEASURED) -> Array:
    """Luma (...) of (..., 3), in its own type.

    Added up in one order. A matrix product would leave that to BLAS, whose threads, where a host's
    NumPy has them, then wait at full load for the next one.
    """
    red, green, blue = shares
    total: Array = colour[..., 0] * red + colour[..., 1] * green + colour[..., 2] * blue
    return total
