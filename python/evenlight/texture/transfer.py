# SPDX-License-Identifier: Apache-2.0
"""The local stage: texture that exposure took from a frame, from the frames beside it.

What is lost is looked for, and chosen among, in small pictures; what is put in are pixels of the
frames beside, at full size. Only values that are lost change: a pixel whose red is clipped keeps
its green and blue, and every other pixel all of its bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.encoding import Encoding, from_display, to_display
from ..colour.levels import LEVELS
from ..colour.luma import QUIET
from ..frames import Array, Frame
from ..inference.networks import Networks
from ..kernels import elementwise, opencv
from ..kernels.depth import as_float, as_stored
from ..memo import Memo
from ..placement import known_part
from .clipping import lost, singular
from .preview import CorrectedFrame, corrected_colour
from .select import Branch, believed, branches

#: Places are sampled in rows of so many, for OpenCV wants pictures.
_ROW = 512
#: How much darker a neighbour may be than what is left of a clipped value, and the deviation of
#: what is still believed beyond that (natural logarithm of a gain).
_FALL = np.float32(0.3), np.float32(0.2)


@dataclass(frozen=True, slots=True)
class Donor:
    """A frame beside, the way to it, and how far it is believed (h, w)."""

    beside: CorrectedFrame
    branch: Branch
    weight: Array


@dataclass(frozen=True, slots=True)
class Texture:
    """Result of the local stage for a frame: donors and lost values."""

    own: CorrectedFrame
    donors: tuple[Donor, ...]
    lost: Array  # (h, w) bool, in the preview: where anything may be put in


def find_texture(
    own: CorrectedFrame,
    followed: Array,
    before: CorrectedFrame | None,
    after: CorrectedFrame | None,
    networks: Networks,
    memo: Memo,
) -> Texture | None:
    """The texture that `own` lacks and its neighbours have; None where there is none.

    `followed` as for `branches`. Raises ModelError where the network cannot run.
    """
    shown = branches(memo, own, followed, before, after)
    if shown is None:
        return None
    weights = believed(shown, networks)
    donors = tuple(
        Donor(beside, branch, weight)
        for beside, branch, weight in zip((before, after), shown.sides, weights, strict=True)
        if beside is not None and branch is not None and weight.any()
    )
    near: Array = _any(shown.lost > 0) & (weights[0] + weights[1] > 0)
    marks = opencv.dilate(near.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return Texture(own, donors, marks) if donors and marks.any() else None


def put(
    texture: Texture, amount: float, out: Array, origin: tuple[int, int], mask: Array | None
) -> None:
    """Lay texture into `out` (h, w, C), the corrected frame from `origin` on.

    `mask` (H, W) float32 says how much of the correction is wanted where; None all of it.
    """
    own, (top, left) = texture.own, origin
    window = np.s_[top : top + out.shape[0], left : left + out.shape[1]]
    size = own.frame.shape[1], own.frame.shape[0]
    near = opencv.resize(texture.lost.astype(np.uint8), size, interpolation=opencv.INTER_NEAREST)[
        window
    ]
    rows, columns = np.nonzero(near)
    display, alpha = _display(own.frame.pixels()[window][rows, columns], own.frame, own.encoding)
    taken = _any(lost(display, own.preview.ends) > 0)
    if not taken.any():
        return
    rows, columns, display = rows[taken], columns[taken], display[taken]
    share = np.full(len(rows), amount, np.float32)
    if mask is not None:
        share *= mask[window][rows, columns]
    before, after = _values(texture, display, rows + top, columns + left)
    stored = [from_display(values, own.encoding) * alpha[taken] for values in (before, after)]
    change = (share[:, None] * (stored[1] - stored[0]))[:, : min(out.shape[2], 3)]
    part = out[rows, columns]
    colour = part[:, : change.shape[1]]
    changed = change != 0
    colour[changed] = as_stored(as_float(colour) + change, out.dtype)[changed]
    out[rows, columns] = part


def _any(marks: Array) -> Array:
    """Where any channel of (h, w, c) bool is set: NumPy's own is slow on an axis so short."""
    found: Array = np.logical_or.reduce([marks[..., c] for c in range(marks.shape[-1])])
    return found


def _values(texture: Texture, display: Array, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Display values (n, 3) of places of the frame, as corrected and with texture."""
    own = texture.own
    field = _sampled(own.field, own, rows, columns)
    base = np.maximum(display, np.float32(LEVELS[0]))
    factor = _toned(base, own, field) / base
    gone = lost(display, own.preview.ends) * singular(elementwise.log2(factor))
    values = display * factor
    change = np.zeros_like(values)
    for donor in texture.donors:
        given, weight = _given(donor, own, rows, columns)
        change += weight * _plausible(values, given) * (given - values)
    return values, (values + gone * change).astype(np.float32)


def _plausible(values: Array, given: Array) -> Array:
    """How likely what a neighbour gives (n, 3) was clipped to these values at the bright end.

    What was clipped was as bright as what is left, or brighter. The correction of it errs, but a
    road is no white line.
    """
    fall = elementwise.log((values + QUIET) / (np.maximum(given, 0) + QUIET))
    beyond = np.maximum(0, fall - _FALL[0]) / _FALL[1]
    return np.where(values > QUIET + LEVELS[0], elementwise.exp(-beyond * beyond), 1).astype(
        np.float32
    )


def _given(donor: Donor, own: CorrectedFrame, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Display values of a neighbour at places of the frame (n, 3), and their confidence (n,)."""
    beside, (height, width, _) = donor.beside, own.frame.shape
    field = donor.branch.flow
    moved = _sampled(field, own, rows, columns)
    assert moved is not None
    x = np.clip(columns + moved[:, 0] * np.float32(width / field.shape[1]), 0, width - 1)
    y = np.clip(rows + moved[:, 1] * np.float32(height / field.shape[0]), 0, height - 1)
    pixels = beside.frame.pixels()
    if pixels.dtype == np.float16:
        pixels = pixels.astype(np.float32)
    there: Array = _at(pixels, y, x, opencv.INTER_CUBIC)
    usable = np.asarray(np.isfinite(there).all(axis=1)) & _is_known(beside.frame, y, x)
    if beside.frame.premultiplied and there.shape[1] == 4:
        usable &= there[:, 3] > 0
    display, _ = _display(np.where(usable[:, None], there, 0), beside.frame, beside.encoding)
    gone = lost(display, beside.preview.ends)
    values = _toned(display, beside, _sampled(beside.field, beside, y, x))
    relight = _sampled(donor.branch.relight, own, rows, columns)
    weight = _sampled(donor.weight, own, rows, columns)
    assert relight is not None
    assert weight is not None
    return values * elementwise.exp(relight)[:, None], (weight * usable)[:, None] * (1 - gone)


def _is_known(frame: Frame, y: Array, x: Array) -> Array:
    """Whether places (n,) of a frame are known of it."""
    part = known_part(frame)
    if part is None:
        return np.ones(len(y), bool)
    rows, columns = part
    down = (y >= rows.start) & (y <= rows.stop - 1)
    return np.asarray(down & (x >= columns.start) & (x <= columns.stop - 1))


def _display(pixels: Array, frame: Frame, encoding: Encoding) -> tuple[Array, Array]:
    """Straight display values (n, 3) float32 of stored pixels (n, C), and their factor (n, 1)."""
    values = np.nan_to_num(as_float(pixels))
    alpha = np.ones((len(values), 1), np.float32)
    if frame.premultiplied and values.shape[1] == 4:
        alpha = values[:, 3:]
        values = values / np.where(alpha > 0, alpha, np.float32(np.inf))
    colour = np.repeat(values, 3, axis=1) if values.shape[1] == 1 else values[:, :3]
    return to_display(colour, encoding).astype(np.float32), alpha


def _toned(display: Array, one: CorrectedFrame, field: Array | None) -> Array:
    plain = corrected_colour(display[None], one.gains, None, by_maximum=one.by_maximum)[0]
    return plain if field is None else plain * elementwise.exp(field)[:, None]


def _sampled(
    picture: Array | None, one: CorrectedFrame, rows: Array, columns: Array
) -> Array | None:
    """Values (n, ...) of a picture of any size that covers the frame, at places of the frame."""
    if picture is None:
        return None
    height, width, _ = one.frame.shape
    y = (rows + np.float32(0.5)) * np.float32(picture.shape[0] / height) - np.float32(0.5)
    x = (columns + np.float32(0.5)) * np.float32(picture.shape[1] / width) - np.float32(0.5)
    found = _at(picture, y, x, opencv.INTER_LINEAR)
    return found if picture.ndim == 3 else found[:, 0]


def _at(picture: Array, y: Array, x: Array, kind: int) -> Array:
    """A picture (h, w) or (h, w, c) at places (n,), its edge continued: (n, c)."""
    padding = -len(y) % _ROW
    x, y = (np.pad(part.astype(np.float32), (0, padding)).reshape(-1, _ROW) for part in (x, y))
    found = opencv.remap(
        np.ascontiguousarray(picture), x, y, kind, borderMode=opencv.BORDER_REPLICATE
    )
    return found.reshape(x.size, -1)[: x.size - padding]
