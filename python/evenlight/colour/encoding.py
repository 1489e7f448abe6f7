# SPDX-License-Identifier: Apache-2.0
"""How a clip's numbers stand for light, and the way to a display-like scale and back.

Flicker is measured and averaged on a display-like scale, where equal steps look about equal and
where the mean of many exposures is least biased. Values below 0 and above 1 have a place in all.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from ..frames import Array
from ..kernels import elementwise


class Encoding(StrEnum):
    """How the clip's numbers stand for light."""

    AUTO = "auto"
    LINEAR = "linear"
    SRGB = "srgb"
    REC709 = "rec709"
    LOG = "log"


#: Display values are about this power of linear light.
DISPLAY_POWER = 2.4

#: Parts of colourspace names (OpenFX native mode, OpenColorIO, FFmpeg). The first row with a part
#: that is in the name decides, so that "lin_srgb" is linear and "srgb_rec709_display" is sRGB.
_TOLD = (
    (("log", "cineon", "acescc"), Encoding.LOG),
    (("lin", "acescg", "aces2065", "raw"), Encoding.LINEAR),
    (("srgb",), Encoding.SRGB),
    (("709", "1886", "2020", "2100", "2084", "b67", "hlg", "pq"), Encoding.REC709),
)


def highest(encoding: Encoding) -> float:
    """The stored value up to which `to_display` ascends; gains are held above it."""
    return _HIGHEST if encoding is Encoding.LOG else np.inf


def resolve(chosen: Encoding, told: str) -> Encoding:
    """The encoding to use: the user's choice, else what the host tells, else sRGB."""
    if chosen is not Encoding.AUTO:
        return chosen
    name = told.lower()
    for parts, encoding in _TOLD:
        if any(part in name for part in parts):
            return encoding
    return Encoding.SRGB


def to_display(values: Array, encoding: Encoding) -> Array:
    """`values` on the display-like scale, float32 or float64 as they came.

    Linear is odd about zero; log has no mirror there and is held above its highest code value.
    """
    if encoding is Encoding.LINEAR:
        size = np.abs(values)
        curve = 1.055 * elementwise.power(np.maximum(size, 0.0031308), 1 / 2.4) - 0.055
        return np.sign(values) * np.where(size <= 0.0031308, 12.92 * size, curve)
    if encoding is Encoding.LOG:
        return _expand(values)
    return values


def from_display(values: Array, encoding: Encoding) -> Array:
    """The inverse of `to_display`."""
    if encoding is Encoding.LINEAR:
        size = np.abs(values)
        curve = elementwise.power((size + 0.055) / 1.055, 2.4)
        return np.sign(values) * np.where(size <= 0.04045, size / 12.92, curve)
    if encoding is Encoding.LOG:
        return _compress(values)
    return values


# Log images keep black at about 0.09 and spread the stops evenly. The exact curve differs from
# camera to camera; for equalising it is enough that a stop is about the same everywhere, as it is
# on this middle one: 0.092 is black, 0.67 is white.
_BLACK, _WHITE, _STOPS = 0.092, 0.67, 2.9
_RANGE = float(elementwise.exp2(_STOPS)) - 1  # white over black, less 1
_HIGHEST = 4.0  # code value above which nothing is measured: far above what any camera writes


def _expand(values: Array) -> Array:
    values = np.minimum(values, _HIGHEST)
    return (elementwise.exp2(_STOPS * (values - _BLACK) / (_WHITE - _BLACK)) - 1) / _RANGE


def _compress(values: Array) -> Array:
    level = np.maximum(values * _RANGE + 1, 2.0**-20)
    return _BLACK + (_WHITE - _BLACK) * elementwise.log2(level) / _STOPS
