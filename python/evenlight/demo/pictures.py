# SPDX-License-Identifier: Apache-2.0
"""The demo's pictures: neighbouring frames before and after, and brightness over time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import MediaError
from ..frames import Array

Ink = tuple[int, int, int]
_PAPER: Ink = (255, 255, 255)
_TEXT: Ink = (60, 60, 60)
_GRID: Ink = (226, 226, 226)
_BEFORE: Ink = (214, 112, 80)
_AFTER: Ink = (28, 122, 150)
_TRUTH: Ink = (20, 20, 20)
_FONT, _FINE = cv2.FONT_HERSHEY_SIMPLEX, 2  # drawn this much larger, then averaged
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """Brightness over time: (T,) each, in levels of 255."""

    mean: Array
    low: Array  # 5 % of the pixels are darker
    high: Array  # 5 % are brighter


def strip(before: list[Array], after: list[Array], width: int = 320) -> Array:
    """Neighbouring frames (H, W, 3) uint8, above as they came and below as they are now."""
    gap, margin = 6, 30
    height = round(width * before[0].shape[0] / before[0].shape[1])
    columns = len(before)
    sheet = np.full((2 * (height + margin) + gap, columns * (width + gap) - gap, 3), 255, np.uint8)
    for row, (frames, words) in enumerate(((before, "before"), (after, "after"))):
        top = row * (height + margin + gap) + margin
        _write(sheet, words, 2, top - 9, _TEXT, 0.62)
        for column, frame in enumerate(frames):
            left = column * (width + gap)
            small = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
            sheet[top : top + height, left : left + width] = small
    return sheet


def graph(before: Curve, after: Curve, truth: Curve | None, size: tuple[int, int]) -> Array:
    """Mean brightness and its 5 and 95 % over time, before, after and, where known, the truth."""
    width, height = size[0] * _FINE, size[1] * _FINE
    sheet = np.full((height, width, 3), _PAPER, np.uint8)
    left, right, top, foot = 44 * _FINE, width - 14 * _FINE, 34 * _FINE, height - 34 * _FINE
    frames = len(before.mean)
    levels = np.arange(0, max(before.high.max(), after.high.max(), 50) + 25, 50)
    peak = max(levels[-1], before.high.max(), after.high.max())

    def place(values: Array) -> Array:
        x = left + np.arange(frames) / max(1, frames - 1) * (right - left)
        y = foot - values / peak * (foot - top)
        return np.round(np.stack([x, y], axis=1) * (1 << _SHIFT)).astype(np.int32)

    def line(values: Array, ink: Ink, weight: float) -> None:
        thickness = max(1, round(weight * _FINE))
        cv2.polylines(sheet, [place(values)], False, ink, thickness, cv2.LINE_AA, _SHIFT)

    for level in levels:
        y = round(foot - level / peak * (foot - top))
        cv2.line(sheet, (left, y), (right, y), _GRID, _FINE)
        _write(sheet, f"{level:.0f}", left - 8 * _FINE, y + 4 * _FINE, _TEXT, 0.42 * _FINE, 1.0)
    for curve, ink in ((before, _BEFORE), (after, _AFTER)):
        pale = tuple(round(255 - 0.55 * (255 - part)) for part in ink)
        line(curve.low, pale, 1.0)  # type: ignore[arg-type]
        line(curve.high, pale, 1.0)  # type: ignore[arg-type]
    line(before.mean, _BEFORE, 1.8)
    if truth is not None:
        line(truth.mean, _TRUTH, 3.2)
    line(after.mean, _AFTER, 2.0)
    _legend(sheet, left, 22 * _FINE, with_truth=truth is not None)
    _write(sheet, "frame 1", left, height - 12 * _FINE, _TEXT, 0.42 * _FINE)
    _write(sheet, str(frames), right, height - 12 * _FINE, _TEXT, 0.42 * _FINE, 1.0)
    words = "brightness, 0 to 255: mean, and thin 5 and 95 % of the pixels"
    _write(sheet, words, (left + right) // 2, height - 12 * _FINE, _TEXT, 0.42 * _FINE, 0.5)
    return cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)


def _legend(sheet: Array, left: int, base: int, *, with_truth: bool) -> None:
    entries = [("before", _BEFORE), ("after", _AFTER)]
    entries += [("as it should be", _TRUTH)] if with_truth else []
    for words, ink in entries:
        cv2.line(
            sheet, (left, base - 4 * _FINE), (left + 22 * _FINE, base - 4 * _FINE), ink, 3 * _FINE
        )
        left = _write(sheet, words, left + 28 * _FINE, base, _TEXT, 0.45 * _FINE) + 22 * _FINE


def _write(
    sheet: Array, words: str, x: int, y: int, ink: Ink, scale: float, align: float = 0.0
) -> int:
    """Write from or up to x, with its foot at y; the answer is where the words end."""
    thickness = max(1, round(scale * 1.6))
    width = cv2.getTextSize(words, _FONT, scale, thickness)[0][0]
    start = round(x - align * width)
    cv2.putText(sheet, words, (start, y), _FONT, scale, ink, thickness, cv2.LINE_AA)
    return start + width


def save(picture: Array, path: Path) -> Path:
    """Write (H, W, 3) uint8 RGB; the ending says how."""
    stored = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    options = [cv2.IMWRITE_JPEG_QUALITY, 86] if path.suffix == ".jpg" else []
    try:
        done = cv2.imwrite(str(path), stored, options)
    except cv2.error:
        done = False
    if not done:
        raise MediaError(f"{path} cannot be written; name a folder that can be, with --out")
    return path
