# SPDX-License-Identifier: Apache-2.0
"""Pictures smoothly continued into their holes."""

from __future__ import annotations

import numpy as np

from .. import _native
from ..frames import Array


def bridged(field: Array, holes: Array) -> Array:
    """`field` (h, w, c) float32, of 1 to 4 channels, continued into `holes` (h, w) bool.

    By means over ever larger neighbourhoods, each where smaller ones hold nothing; what the field
    holds in its holes is not read. A field that is all hole stays as it is. ValueError where the
    two do not fit.
    """
    if not holes.any() or holes.all():
        return field
    return _native.bridge(field, np.ascontiguousarray(holes))
