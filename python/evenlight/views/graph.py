# SPDX-License-Identifier: Apache-2.0
"""The flicker graph: brightness over the temporal window, what of it was called meant, and why.

Lines are brightness before, as it is meant, and after; what lies between the first two was called
flicker. The strip above them says how sure that was, frame by frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..frames import Array
from .canvas import GREY, WHITE, Canvas, Ink

#: Percentiles that are drawn beside the mean.
PERCENTILES = (5, 50, 95)
_BEFORE: Ink = (150, 150, 150)
_AFTER: Ink = (90, 230, 140)
_MEAN_AFTER: Ink = (255, 220, 80)
_MEANT: Ink = (120, 160, 255)
_FLICKER: Ink = (190, 70, 150)
_SURE: Ink = (235, 235, 235)
_SINGULAR: Ink = (255, 90, 70)
_EDGE: Ink = (90, 170, 255)
#: The panel: share of the height, how dark it is, and the margins around the plot.
_SHARE, _DARKNESS, _MARGIN = 0.45, 0.72, 0.02
#: Share of the plot that the strip of certainty takes.
_STRIP = 0.07


@dataclass(frozen=True, slots=True)
class Trace:
    """Brightness of the frames of a window; n frames in order of time, one of them at offset 0."""

    offsets: Array  # (n,) frames from the current one
    before: Array  # (n, 4): mean, then `PERCENTILES`, on the display-like scale
    after: Array  # (n, 4)
    meant: Array  # (n,) mean brightness without what was called flicker
    certainty: Array  # (n,) 0..1, how far that is believed
    singular: Array  # (n,) bool
    radius: int


def summary(values: Array) -> Array:
    """Mean and percentiles (4,) of brightness."""
    return np.array([values.mean(), *np.percentile(values, PERCENTILES)])


def draw(canvas: Canvas, trace: Trace, stored: Callable[[float], float]) -> None:
    """Draw the graph along the foot of `canvas`; `stored` turns display values to stored ones."""
    top = canvas.height * (1 - _SHARE)
    canvas.box(0, top, canvas.width, canvas.height, (0, 0, 0), _DARKNESS)
    words = canvas.line_height
    left, right = canvas.width * _MARGIN + 2.5 * words, canvas.width * (1 - _MARGIN)
    high, low = top + 1.4 * words, canvas.height - 1.2 * words
    if right - left < 8 or low - high < 8:  # no room for words: the lines take all of it
        left, right, high, low = 0, canvas.width - 1, top, canvas.height - 1
    peak = max(1.0, float(trace.before.max()), float(trace.after.max()))

    def x(offset: Array | float) -> Array:
        return left + (np.asarray(offset) / trace.radius + 1) / 2 * (right - left)

    def y(value: Array | float) -> Array:
        return low - np.asarray(value) / peak * (low - high)

    def vertical(offset: float, ink: Ink, weight: float = 1.0) -> None:
        canvas.line(np.array([[x(offset), high], [x(offset), low]]), ink, weight)

    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        height = y(share * peak)
        canvas.line(np.array([[left, height], [right, height]]), (70, 70, 70))
        canvas.words(f"{stored(share * peak):.2f}", left - 0.3 * words, float(height), GREY, 1.0)
    for first, last in ((trace.offsets[0], -trace.radius), (trace.offsets[-1], trace.radius)):
        if first != last:  # the shot or the clip ends inside the window
            vertical(first + np.sign(last) * 0.5, _EDGE)
    strip = high + _STRIP * (low - high)
    for offset in trace.offsets[trace.singular]:
        tick = strip + 0.08 * (low - high)
        canvas.line(np.array([[x(offset), strip], [x(offset), tick]]), _SINGULAR, 3.0)
    vertical(0.0, WHITE, 1.5)
    places = x(trace.offsets)
    for place, sure in zip(places, trace.certainty, strict=True):
        if sure > 0:
            head = strip - sure * (strip - high)
            canvas.line(np.array([[place, strip], [place, head]]), _SURE, 2.0)
    _curves(canvas, trace, places, y)
    _label(canvas, trace, left, right, high - 0.7 * words, low + 0.6 * words)


def _curves(
    canvas: Canvas, trace: Trace, places: Array, height_of: Callable[[Array], Array]
) -> None:
    """The lines of brightness over `places` (n,), and of flicker between two of them."""
    path, meant = height_of(trace.before[:, 0]), height_of(trace.meant)
    for place, seen, wanted in zip(places, path, meant, strict=True):
        if abs(seen - wanted) >= 1:
            canvas.line(np.array([[place, seen], [place, wanted]]), _FLICKER, 2.0)
    lines: list[tuple[Array, Ink, float]] = [(meant, _MEANT, 1.5)]
    for values, inks, weight in (
        (trace.before, (_BEFORE,) * 4, 1.0),
        (trace.after, (_MEAN_AFTER, _AFTER, _AFTER, _AFTER), 2.0),
    ):
        for column in (1, 2, 3, 0):
            thicker = 1.5 if column == 0 else 1.0
            lines.append((height_of(values[:, column]), inks[column], weight * thicker))
    for heights, ink, weight in lines:
        line = np.stack([places, heights], axis=1)
        if len(line) == 1:  # a clip of one frame: a dash
            line = line + np.array([[-2, 0], [2, 0]])
        canvas.line(line, ink, weight)


def _label(
    canvas: Canvas, trace: Trace, left: float, right: float, head: float, foot: float
) -> None:
    canvas.words(f"-{trace.radius}", left, foot, GREY)
    canvas.words("0", (left + right) / 2, foot, WHITE, 0.5)
    canvas.words(f"+{trace.radius} frames", right, foot, GREY, 1.0)
    spread = ", ".join(f"{p}" for p in PERCENTILES)
    entries: list[tuple[str, Ink]] = [
        ("before", _BEFORE),
        ("meant", _MEANT),
        ("flicker", _FLICKER),
        ("sure", _SURE),
        ("after: mean", _MEAN_AFTER),
        (f"{spread} %", _AFTER),
        ("singular", _SINGULAR),
        ("end of shot", _EDGE),
    ]
    for i, (text, ink) in enumerate(entries):
        canvas.words(text, left + (right - left) * i / len(entries), head, ink)
