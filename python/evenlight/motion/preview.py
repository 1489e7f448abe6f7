# SPDX-License-Identifier: Apache-2.0
"""Previews of frames: a small picture, once as it is and once normalised against flicker."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..colour.encoding import Encoding, to_display
from ..colour.luma import QUIET, luma_of
from ..frames import Array, Frame
from ..kernels import elementwise, opencv
from ..kernels.pixels import average_cells
from ..memo import Memo
from ..placement import known_cells
from .borders import continued, picture_cells

T = TypeVar("T")

#: Pixels of a preview; its shape follows the frame's.
PREVIEW_PIXELS = 80 * 45
#: Source rows that are read for each row of the preview.
ROWS_PER_CELL = 4
#: Radius in cells over which the picture is normalised, and the contrast (stops) below which it
#: is taken for flat.
_NORMALISE_SIGMA, _FLAT = 4.0, np.float32(0.05)
#: |difference of structure| up to which two cells show the same scene point.
MATCH = np.float32(0.6)
#: Mean difference (display value) up to which two previews are one picture, shown twice: coding
#: alone makes about half as much.
_HELD = 0.1 / 255


@dataclass(frozen=True, slots=True)
class Region:
    """Part of the frame that is analysed, as shares of its width and height, row 0 on top."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def crop(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of the region, one pixel at least."""
        return _span(self.top, self.bottom, height), _span(self.left, self.right, width)


def _span(start: float, stop: float, size: int) -> slice:
    low, high = sorted((start, stop))
    first = min(int(low * size), size - 1)
    return slice(first, max(first + 1, math.ceil(high * size)))


@dataclass(frozen=True, slots=True)
class Preview:
    """A frame at about 80x45, averaged over its cells."""

    colour: Array  # (h, w, 3) float32 on the display-like scale, not below 0
    structure: Array  # (h, w) float32: log luma, locally normalised, so that flicker cancels
    digest: bytes  # equal for equal colours, equally known
    #: (h, w) bool, cells whose pixels are all known; None where that is all of them. `colour` is
    #: continued into the others, so that nothing around them is disturbed.
    known: Array | None = None
    #: (h, w) bool, cells within the picture's borders; None where there are none. `colour` is
    #: continued over them, and light is not measured there.
    picture: Array | None = None

    @property
    def tracked(self) -> Array:
        """`structure` as (h, w) uint8, which the flow wants."""
        return tracked(self.structure)


def measure(frame: Frame, region: Region, encoding: Encoding, *, by_maximum: bool) -> Preview:
    """Average `frame` over the cells of its preview, reading only some of its rows.

    The picture is continued over its borders.
    By luminance, V = max(R, G, B) (BlazeBVD's illumination) stands in all three channels.
    """
    height, width, _ = frame.shape
    rows, columns = region.crop(height, width)
    shape = preview_shape(rows.stop - rows.start, columns.stop - columns.start)
    step = max(1, (rows.stop - rows.start) // (shape[0] * ROWS_PER_CELL))
    sampled = frame.rows(step)
    first = min(
        -(-(rows.start - step // 2) // step) if rows.start > step // 2 else 0, len(sampled) - 1
    )
    last = max(first + 1, -(-(rows.stop - step // 2) // step))
    cells = average_cells(sampled[first:last, columns], shape, frame.premultiplied)
    colour = np.maximum(to_display(cells, encoding), 0).astype(np.float32)
    if by_maximum:
        colour = np.repeat(colour.max(axis=2, keepdims=True), 3, axis=2)
    picture = picture_cells(colour)
    if picture is not None:
        colour = continued(colour, picture)
    return preview_of(colour, known_cells(frame, shape, (rows, columns)), picture)


def preview_of(colour: Array, known: Array | None = None, picture: Array | None = None) -> Preview:
    """The preview whose colours (h, w, 3) float32 are these.

    `known` (h, w) bool of them, those of `picture` within its borders.
    """
    return Preview(colour, normalise(colour), digest_of(colour, known), known, picture)


def digest_of(picture: Array, known: Array | None = None) -> bytes:
    """The digest (16 bytes) of a picture and of what is known of it, None for all."""
    digest = hashlib.blake2b(picture.tobytes(), digest_size=16)
    if known is not None:
        digest.update(known.tobytes())
    return digest.digest()


def measured(
    memo: Memo, frame: Frame, time: float, region: Region, encoding: Encoding, *, by_maximum: bool
) -> Preview:
    """The preview of the frame at `time`; where the frame has a name its reading is saved."""

    def read() -> Preview:
        return measure(frame, region, encoding, by_maximum=by_maximum)

    return saved_reading(memo, frame, time, ("preview", region, encoding, by_maximum), read)


def saved_reading(
    memo: Memo, frame: Frame, time: float, key: tuple[Hashable, ...], read: Callable[[], T]
) -> T:
    """The reading of the frame at `time`, kept for the next who asks where the frame has a name.

    `key` names the reading, and holds all that it depends on beside the frame.
    """
    if not frame.identifier:
        return read()
    return memo.get((*key, frame.identifier, time, frame.shape, frame.premultiplied), read)


def reduced(frame: Frame, longest_side: int, encoding: Encoding) -> Array:
    """Display colours (h, w, 3) of a frame, averaged to no more than so many pixels a side."""
    height, width, _ = frame.shape
    scale = max(1.0, max(height, width) / longest_side)
    shape = max(1, round(height / scale)), max(1, round(width / scale))
    return to_display(average_cells(frame.pixels(), shape, frame.premultiplied), encoding)


def is_held(first: Preview, second: Preview) -> bool:
    """Whether two frames are one picture, shown twice: the second is no evidence then."""
    difference = np.abs(first.colour - second.colour)
    known = both_known(first.known, second.known)
    return bool((difference if known is None else difference[known]).mean() <= _HELD)


def both_known(first: Array | None, second: Array | None) -> Array | None:
    """Cells (h, w) bool that are known of both; None where all are."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


def preview_shape(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the preview of a picture: its aspect, and never more than its pixels."""
    aspect = width / height
    rows = round(math.sqrt(PREVIEW_PIXELS / aspect))
    columns = round(math.sqrt(PREVIEW_PIXELS * aspect))
    return max(1, min(rows, height)), max(1, min(columns, width))


def tracked(structure: Array) -> Array:
    """Structure as (h, w) uint8, which the flow wants."""
    return np.clip(structure * 40 + 128, 0, 255).astype(np.uint8)


def normalise(colour: Array) -> Array:
    """Log luma less its local mean, over its local deviation: (h, w) float32, blind to flicker."""
    log_luma = elementwise.log2(luma_of(colour) + QUIET)
    mean = opencv.GaussianBlur(log_luma, (0, 0), _NORMALISE_SIGMA)
    square = opencv.GaussianBlur(log_luma * log_luma, (0, 0), _NORMALISE_SIGMA)
    variance = np.maximum(square - mean * mean, 0)
    structure: Array = (log_luma - mean) / np.sqrt(variance + _FLAT * _FLAT)
    return structure
