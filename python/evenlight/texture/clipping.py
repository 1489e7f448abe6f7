# SPDX-License-Identifier: Apache-2.0
"""Where exposure took the texture of a frame that flickers (BlazeBVD, eqs. 5 and 6, graded).

The published map marks what lies beyond two levels set by hand, in frames that stand out. Here a
value counts as lost where it stands at an end of the scale, and the more the farther its correction
moves it: a frame that hardly needs any does not stand out, and what is clipped in it stays clipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding, from_display
from ..frames import Array, Frame
from ..kernels.depth import is_integer, white

#: Display values between which a value becomes lost, at the bright end and at the dark one, where
#: flicker, which is a gain, takes next to nothing.
BRIGHT, DARK = (0.96, 0.985), (0.004, 0.0)
#: What lies this far beyond 0 or 1 shows that nothing is clipped there.
_BEYOND = 0.05
#: Stops of correction between which a frame becomes singular.
_CONSIDERABLE = (0.05, 0.15)


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of the display scale that a frame's values stop at."""

    dark: bool
    bright: bool


def ends_of(frame: Frame, encoding: Encoding) -> Ends:
    """Neither on a logarithmic scale, which has room for highlights and no known end."""
    if encoding is Encoding.LOG:
        return Ends(dark=False, bright=False)
    pixels = frame.pixels()
    if is_integer(pixels.dtype):
        return Ends(dark=True, bright=True)
    colour = pixels[..., :3]
    low, high = (from_display(np.array(v), encoding) for v in (-_BEYOND, 1 + _BEYOND))
    return Ends(dark=not (colour < low).any(), bright=not (colour > high).any())


def lost(display: Array, ends: Ends) -> Array:
    """How much of each display value (...) is lost, 0..1 float32; nothing of NaN."""
    share = np.zeros(display.shape, np.float32)
    for (least, most), wanted in ((BRIGHT, ends.bright), (DARK, ends.dark)):
        if wanted:
            ramp = (display - np.float32(least)) / np.float32(most - least)
            share = np.maximum(share, np.fmin(np.fmax(ramp, 0), 1))  # 0 where a value is NaN
    return share.astype(np.float32)


def may_be_lost(frame: Frame, encoding: Encoding, ends: Ends) -> Array:
    """Which values (H, W, C) bool, C at most 3, are lost at all; quick, on stored values."""
    pixels = frame.pixels()
    colour = pixels[..., :3]
    full = np.array(white(pixels.dtype), np.float64)
    if frame.premultiplied and pixels.shape[2] == 4:
        full = pixels[..., 3:]
    marks = np.zeros(colour.shape, bool)
    if ends.bright:
        marks |= colour > _like(
            from_display(np.array(BRIGHT[0]), encoding) * full, np.floor, pixels
        )
    if ends.dark:
        marks |= colour < _like(from_display(np.array(DARK[0]), encoding) * full, np.ceil, pixels)
    return marks


def _like(limit: Array, rounded: np.ufunc, pixels: Array) -> Array:
    """A limit in the type of the pixels: comparing mixed types takes ten times as long."""
    return (rounded(limit) if is_integer(pixels.dtype) else limit).astype(pixels.dtype)


def singular(stops: Array) -> Array:
    """How much a correction by so many stops (...) says that a frame stands out, 0..1."""
    low, high = _CONSIDERABLE
    share = np.clip((np.abs(stops) - low) / (high - low), 0, 1)
    result: Array = (share * share * (3 - 2 * share)).astype(np.float32)
    return result
