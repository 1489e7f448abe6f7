# SPDX-License-Identifier: Apache-2.0
"""The loops over pixels: compiled in `evenlight._native`, stated in NumPy in `kernels_reference`.

They release the GIL, run on a few threads, and give the same bytes whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import FrameError
from ..frames import DEPTHS, Array
from .depth import is_integer, white

try:
    from .. import _native
except ImportError as error:  # a source tree that was not built
    raise ImportError(
        "evenlight._native is missing or was built for another Python; "
        "run `make build`, or install the package with pip"
    ) from error

#: Stored values at which a tone curve is given: 2^-14..2^8, 16 to an octave.
KNOTS: Array = np.append(
    np.ldexp(1 + np.arange(16) / 16, np.arange(-14, 8)[:, None]).ravel(), 2.0**8
)


#: Columns from node to node of a gain_map.
NODE_DISTANCE: int = _native.NODE_DISTANCE


@dataclass(frozen=True, slots=True)
class Curves:
    """Tone curves as gains: out = value * gain(value), the gain linear between `KNOTS`.

    Below the first knot, for negative values too, and above the last the gain stays what it is
    there: nothing is clipped and nothing folds over.
    """

    gains: Array  # (3, len(KNOTS)), one row a channel, or (1, len(KNOTS))
    by_maximum: bool = False  # one curve read at max(red, green, blue), a factor for all three


@dataclass(frozen=True, slots=True)
class GainMap:
    """A gain that differs over the frame, at every row and every `NODE_DISTANCE`-th column.

    Without `sensitivity` the nodes are factors of the stored values. With it, on a logarithmic
    scale, they are exposure (natural logarithm), and a value moves by node * sensitivity(value).
    """

    nodes: Array  # (rows of the frame, nodes) float32
    sensitivity: Array | None = None  # at KNOTS


def apply_curves(
    pixels: Array,
    curves: Curves,
    out: Array,
    *,
    gain_map: GainMap | None = None,
    origin: tuple[int, int] = (0, 0),
    premultiplied: bool = False,
    mask: Array | None = None,
    invert_mask: bool = False,
) -> None:
    """Write the window of `pixels` (H, W, C) at `origin` to `out` (h, w, C), values times gains.

    Gains are linear in the stored value (integers: 0..1) between the knots, and constant below the
    first, for negative values too, and above the last. Alpha, NaN and infinity pass; gains of 1
    pass every bit. A `gain_map` is laid on what comes out of the curves. Premultiplied colour is
    judged by colour / alpha, and left alone where alpha is 0. With a `mask` (H, W) or (H, W, C),
    out = pixels + mask * (corrected - pixels).
    Raises FrameError where sizes, depths or channels do not fit.
    """
    source = _window(pixels, origin, out)
    if np.all(curves.gains == 1) and gain_map is None:
        out[...] = source
        return
    weights = None
    if mask is not None:
        weights = _window(mask_weights(mask, pixels.shape)[..., None], origin, out)[..., 0]
    slopes, offsets = _pieces(curves.gains, pixels.shape[2])
    target = out if _is_packed(out) else np.empty(out.shape, out.dtype)
    _native.apply_curves(
        _packed(source),
        slopes,
        offsets,
        curves.by_maximum,
        target,
        premultiplied,
        weights,
        invert_mask,
        *_laid(gain_map, origin, out),
    )
    if target is not out:
        out[...] = target


def _laid(
    gain_map: GainMap | None, origin: tuple[int, int], out: Array
) -> tuple[Array | None, int, Array | None]:
    if gain_map is None:
        return None, 0, None
    nodes = np.ascontiguousarray(gain_map.nodes[origin[0] : origin[0] + out.shape[0]])
    if gain_map.sensitivity is None:
        return nodes, origin[1], None
    slopes, offsets = _pieces(gain_map.sensitivity[None], 1)
    return nodes, origin[1], np.stack([slopes[:, 0], offsets[:, 0]])


def copy_window(pixels: Array, origin: tuple[int, int], out: Array) -> None:
    """Write the window of `pixels` at `origin` to `out`, every bit as it is."""
    out[...] = _window(pixels, origin, out)


def average_cells(pixels: Array, shape: tuple[int, int], premultiplied: bool) -> Array:
    """Means over a grid of (h, w) cells as (h, w, 3) float32, integers as 0..1, straight colour.

    Pixels that are NaN, infinite, or premultiplied with alpha 0 do not count; a cell that holds no
    others is 0. Where the frame has fewer rows or columns than the grid, some fill several cells.
    """
    _check(pixels)
    height, width = min(shape[0], pixels.shape[0]), min(shape[1], pixels.shape[1])
    cells = _native.average_cells(_packed(pixels), height, width, premultiplied)
    if (height, width) == tuple(shape):
        return cells
    rows = np.arange(shape[0]) * height // shape[0]
    columns = np.arange(shape[1]) * width // shape[1]
    return np.ascontiguousarray(cells[rows[:, None], columns])


def mask_weights(mask: Array, shape: tuple[int, ...]) -> Array:
    """A mask of any depth as (H, W) float32: its alpha where it has one, else its mean colour."""
    if mask.shape[:2] != shape[:2]:
        raise FrameError(
            f"the mask is {mask.shape[1]}x{mask.shape[0]}; it must have the size of the source, "
            f"{shape[1]}x{shape[0]}"
        )
    plane = mask
    if mask.ndim == 3:
        plane = mask.mean(axis=2, dtype=np.float32) if mask.shape[2] == 3 else mask[..., -1]
    if is_integer(mask.dtype):
        return plane.astype(np.float32) / np.float32(white(mask.dtype))
    return plane.astype(np.float32, copy=False)


def set_threads(count: int) -> None:
    """How many threads a kernel may use, the caller's among them; 1 keeps to the caller's."""
    _native.set_threads(max(1, count))


def _pieces(gains: Array, channels: int) -> tuple[Array, Array]:
    """gain = slope * level + offset on each piece: two (pieces, channels) float32 tables."""
    slopes = np.zeros((len(KNOTS) + 1, channels))
    offsets = np.ones(slopes.shape)  # alpha is multiplied by 1
    for channel in range(min(channels, 3)):
        gain = gains[min(channel, len(gains) - 1)].astype(np.float64)
        inner = (np.diff(gain) / np.diff(KNOTS)).astype(np.float32)
        slopes[1:-1, channel] = inner
        offsets[:, channel] = np.append(gain, gain[-1])
        offsets[0, channel] = gain[0]
        offsets[1:-1, channel] = gain[:-1] - inner * KNOTS[:-1]
    return slopes.astype(np.float32), offsets.astype(np.float32)


def _window(pixels: Array, origin: tuple[int, int], out: Array) -> Array:
    """The part of `pixels` that `out` wants, as a view."""
    _check(pixels)
    (row, column), (height, width) = origin, out.shape[:2]
    if min(row, column) < 0 or row + height > pixels.shape[0] or column + width > pixels.shape[1]:
        raise FrameError(
            f"the window {width}x{height} at row {row}, column {column} reaches outside the frame, "
            f"which is {pixels.shape[1]}x{pixels.shape[0]}"
        )
    return pixels[row : row + height, column : column + width]


def _check(pixels: Array) -> None:
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or 0 in pixels.shape:
        raise FrameError(
            f"the frame is {pixels.shape}; it must be (height, width, channels) with 1, 3 or 4 "
            "channels and at least one pixel"
        )
    if pixels.dtype not in DEPTHS:
        allowed = ", ".join(str(depth) for depth in DEPTHS)
        raise FrameError(f"the frame's depth is {pixels.dtype}; it must be one of {allowed}")


def _is_packed(pixels: Array) -> bool:
    """Whether values lie one after another within a row; rows may lie anyhow."""
    _, width, channels = pixels.shape
    steps = (channels * pixels.itemsize, pixels.itemsize)
    return pixels.flags.aligned and all(
        size == 1 or stride == step
        for size, stride, step in zip((width, channels), pixels.strides[1:], steps, strict=True)
    )


def _packed(pixels: Array) -> Array:
    return pixels if _is_packed(pixels) else np.ascontiguousarray(pixels)
