# SPDX-License-Identifier: Apache-2.0
"""The illumination of a frame and what is read off it (BlazeBVD, eqs. 4 to 6).

All values stand on the display-like scale.
"""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import elementwise

#: Values of the filtered illumination below and above which a pixel has lost its texture (eq. 6).
#: The paper sets them by hand; these are a darkest twentieth and a brightest fifth.
DARK, BRIGHT = 0.05, 0.80
#: Divergence, in nats, that a frame must reach to be singular: the published rule is relative only,
#: and calls half of a clean clip singular.
LEAST_DIVERGENCE = 0.005
#: Frames on each side over which the divergence is averaged, and bins of a histogram.
_REACH, _BINS = 3, 64


def illumination(colour: Array) -> Array:
    """V = max(R, G, B) of (..., 3): the value of HSV."""
    value: Array = colour.max(axis=-1)
    return value


def exposure_map(filtered: Array) -> Array:
    """Eq. 6 on filtered illumination: -1 where too dark, 1 where too bright, else 0; int8."""
    marks: Array = (filtered > BRIGHT).astype(np.int8) - (filtered < DARK).astype(np.int8)
    return marks


def divergence(filtered: Array, measured: Array) -> float:
    """KL(H~ || H) in nats between the histograms of two illuminations, 0 for equal ones."""
    there, here = _histogram(filtered), _histogram(measured)
    return float(np.sum(there * elementwise.log(there / here)))


def singular_frames(divergences: Array) -> Array:
    """Eq. 5 with an absolute term: which of successive frames stand out; (n,) bool."""
    count = len(divergences)
    means = [np.mean(divergences[max(0, i - _REACH) : i + _REACH + 1]) for i in range(count)]
    marks: Array = (divergences > LEAST_DIVERGENCE) & (divergences > np.array(means))
    return marks


def _histogram(values: Array) -> Array:
    """Shares of 64 bins, each value split between the two it lies between; none is 0."""
    place = np.clip(values.ravel(), 0, 1).astype(np.float64) * (_BINS - 1)
    low = np.minimum(place.astype(np.intp), _BINS - 2)
    upper = place - low
    counts = np.bincount(low, 1 - upper, _BINS) + np.bincount(low + 1, upper, _BINS)
    shares: Array = (counts + 0.5) / (counts.sum() + 0.5 * _BINS)
    return shares
