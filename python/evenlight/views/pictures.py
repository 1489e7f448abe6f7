# SPDX-License-Identifier: Apache-2.0
"""Pictures that show what a correction does.

All arrays are (h, w, 3) float32, finite, on the display-like scale.
"""

from __future__ import annotations

import numpy as np

from ..colour.encoding import Encoding, from_display
from ..flicker.illumination import exposure_map, illumination
from ..flicker.local import Field
from ..frames import Array
from ..kernels import elementwise
from ..kernels.elementwise import LN_2
from .canvas import Canvas, Ink

#: How much a difference is amplified, and how many stops the colours of a correction reach.
DIFFERENCE_GAIN, STOPS = 2, 1.0
_DARKER = np.array([0.05, 0.35, 1.0], np.float32)
_SAME = np.array([0.25, 0.25, 0.25], np.float32)
_BRIGHTER = np.array([1.0, 0.55, 0.05], np.float32)
_LEFT_OUT = np.array([0.75, 0.1, 0.6], np.float32)
_TOO_DARK, _TOO_BRIGHT = np.array([0.1, 0.3, 1.0]), np.array([1.0, 0.2, 0.1])
#: Below this much light (linear) a ratio says nothing.
_NO_LIGHT = np.float32(1e-4)


def difference(before: Array, after: Array) -> Array:
    """after - before, amplified, about mid-grey."""
    result: Array = np.clip(0.5 + DIFFERENCE_GAIN * (after - before), 0, 1)
    return result


def correction(before: Array, after: Array) -> Array:
    """Stops of light added: blue where taken away, grey where nothing, orange where added."""
    return in_colour(elementwise.log2(_light(after) / _light(before)))


def _light(picture: Array) -> Array:
    light: Array = from_display(np.maximum(picture, 0), Encoding.LINEAR).max(axis=2) + _NO_LIGHT
    return light


def in_colour(stops: Array) -> Array:
    """Signed stops (...) as colour (..., 3), full at `STOPS` either way."""
    share = np.clip(stops / STOPS, -1, 1).astype(np.float32)[..., None]
    end = np.where(share < 0, _DARKER, _BRIGHTER)
    result: Array = _SAME + np.abs(share) * (end - _SAME)
    return result


def stage(field: Field | None, shape: tuple[int, int]) -> Array:
    """Field of one stage in stops over a frame of (height, width); grey where there is none."""
    if field is None:
        return in_colour(np.zeros(shape))
    return in_colour(field.picture(shape) / LN_2)


def exposure(after: Array) -> Array:
    """The picture in grey, too dark pixels in blue and too bright ones in red (eq. 6)."""
    value = illumination(after)
    marks = exposure_map(value)[..., None]
    grey = np.repeat(np.clip(value, 0, 1)[..., None], 3, axis=2)
    tinted = np.where(marks < 0, _TOO_DARK, np.where(marks > 0, _TOO_BRIGHT, grey))
    result: Array = np.where(marks == 0, grey, 0.35 * grey + 0.65 * tinted).astype(np.float32)
    return result


def measured(picture: Array, counted: Array) -> Array:
    """The picture, tinted where `counted` (h, w) bool is False."""
    value = np.clip(illumination(picture), 0, 1)[..., None]
    tinted = 0.35 * np.repeat(value, 3, axis=2) + 0.65 * _LEFT_OUT
    result: Array = np.where(counted[..., None], picture, tinted).astype(np.float32)
    return result


def difference_legend(canvas: Canvas) -> None:
    """Says how much is amplified."""
    caption(canvas, f"difference x {DIFFERENCE_GAIN} about grey")


def correction_legend(canvas: Canvas) -> None:
    """A bar of the colours with the stops they stand for."""
    width, height = canvas.width * 0.3, canvas.line_height * 0.5
    left, top = canvas.width * 0.02, canvas.height - canvas.line_height * 1.5
    steps = 65
    for i, share in enumerate(np.linspace(-1, 1, steps)):
        red, green, blue = (round(255 * float(part)) for part in in_colour(share * STOPS))
        ink: Ink = (red, green, blue)
        canvas.box(left + width * i / steps, top, left + width * (i + 1) / steps, top + height, ink)
    for share, text in ((0.0, f"-{STOPS:g}"), (0.5, "0"), (1.0, f"+{STOPS:g} stops")):
        canvas.words(text, left + width * share, top - canvas.line_height * 0.5, align=share)


def exposure_legend(canvas: Canvas) -> None:
    """Names the two colours."""
    caption(canvas, "too dark: blue, too bright: red")


def nothing(canvas: Canvas, text: str) -> None:
    """Says in the middle of the picture why there is nothing to see."""
    canvas.words(text, canvas.width / 2, canvas.height / 2, align=0.5)


def caption(canvas: Canvas, text: str, line: int = 1) -> None:
    """Words at the foot of the picture, `line` lines above its edge."""
    canvas.words(text, canvas.width * 0.02, canvas.height - canvas.line_height * line)
