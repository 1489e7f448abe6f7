# SPDX-License-Identifier: Apache-2.0
"""Pictures that a page carries inside, as data addresses."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

import cv2

from ..frames import Array
from .difference import Repair

_WIDEST = 960
#: Qualities that are tried, and the bytes that a picture may have; grain takes many.
_QUALITIES, _MOST_BYTES = (82, 60, 40, 20, 5), 100_000
#: Side of a repair's picture, pixels, and how much of its surroundings it shows at least.
_CROP, _MARGIN = 128, 12


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture before and after, as data addresses, and its size in pixels."""

    before: str
    after: str
    width: int
    height: int


def whole(before: Array, after: Array) -> Pair:
    """Frames (H, W, 3) uint8, made smaller where they are wide."""
    height, width = before.shape[:2]
    shown = min(width, _WIDEST)
    size = shown, max(1, round(height * shown / width))
    return _pair(before, after, size)


def crop(before: Array, after: Array, repair: Repair) -> Pair:
    """The surroundings of a repair, square, in frames (H, W, 3) uint8."""
    x, y, w, h = repair.box
    side = min(max(w, h) + 2 * max(_MARGIN, max(w, h) // 2), *before.shape[:2])
    left = min(max(x + w // 2 - side // 2, 0), before.shape[1] - side)
    top = min(max(y + h // 2 - side // 2, 0), before.shape[0] - side)
    part = slice(top, top + side), slice(left, left + side)
    return _pair(before[part], after[part], (_CROP, _CROP))


def _pair(before: Array, after: Array, size: tuple[int, int]) -> Pair:
    return Pair(_address(_resized(before, size)), _address(_resized(after, size)), *size)


def _resized(picture: Array, size: tuple[int, int]) -> Array:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    smaller = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_NEAREST)


def _address(picture: Array) -> str:
    stored = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    for quality in _QUALITIES:
        _, encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if encoded.size <= _MOST_BYTES:
            break
    return "data:image/jpeg;base64," + b64encode(encoded.tobytes()).decode()
