# SPDX-License-Identifier: Apache-2.0
"""Pictures that a page carries inside, as data addresses."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

import cv2

from ..frames import Array

_WIDEST = 960
#: Qualities that are tried, and the bytes that a picture may have; grain takes many.
_QUALITIES, _MOST_BYTES = (82, 60, 40, 20, 5), 100_000
#: Side of a repair's picture, pixels, and how much of its surroundings it shows at least.
CROP, MARGIN = 128, 12


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


def crop(before: Array, after: Array, box: tuple[int, int, int, int]) -> Pair:
    """The surroundings of a box (x, y, width, height), square, in frames (H, W, 3) uint8."""
    part = around(box, before.shape)
    return _pair(before[part], after[part], (CROP, CROP))


def around(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The square around a box (x, y, width, height) that is shown of a frame of `shape`."""
    x, y, w, h = box
    side = min(max(w, h) + 2 * max(MARGIN, max(w, h) // 2), *shape[:2])
    left = min(max(x + w // 2 - side // 2, 0), shape[1] - side)
    top = min(max(y + h // 2 - side // 2, 0), shape[0] - side)
    return slice(top, top + side), slice(left, left + side)


def _pair(before: Array, after: Array, size: tuple[int, int]) -> Pair:
    return Pair(address(jpeg(before, size)), address(jpeg(after, size)), *size)


def _resized(picture: Array, size: tuple[int, int]) -> Array:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    smaller = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_NEAREST)


def jpeg(picture: Array, size: tuple[int, int]) -> bytes:
    """A picture (H, W, 3) uint8 of another width and height, small enough for a page."""
    stored = cv2.cvtColor(_resized(picture, size), cv2.COLOR_RGB2BGR)
    for quality in _QUALITIES:
        _, encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if encoded.size <= _MOST_BYTES:
            break
    return encoded.tobytes()


def address(data: bytes) -> str:
    """The data address of a JPEG."""
    return "data:image/jpeg;base64," + b64encode(data).decode()
