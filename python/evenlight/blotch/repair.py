# SPDX-License-Identifier: Apache-2.0
"""A frame's repair: its matte, and the patches that are put in under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..frames import Array
from ..kernels.depth import as_float, as_stored
from .fill import Patch


@dataclass(frozen=True, slots=True)
class Repair:
    """Repair of one frame; nothing outside `matte` is touched."""

    matte: Array  # (H, W) float32 0..1
    patches: tuple[Patch, ...]


def repair_of(
    shape: tuple[int, ...], patches: Sequence[Patch], allowed: Array | None, strength: float
) -> Repair:
    """The repair of a frame of `shape`: mattes times `allowed` (H, W) and `strength`."""
    matte = np.zeros(shape[:2], np.float32)
    kept = []
    for patch in patches:
        window = _window(patch)
        own = patch.matte * np.float32(strength)
        if allowed is not None:
            own = own * allowed[window]
        if own.any():
            kept.append(replace(patch, matte=own))
            matte[window] = np.maximum(matte[window], own)
    return Repair(matte, tuple(kept))


def apply(repair: Repair, out: Array, origin: tuple[int, int]) -> None:
    """Put the patches into `out` (h, w, C), which holds the frame's pixels from `origin` on."""
    for patch in repair.patches:
        top, left = patch.top - origin[0], patch.left - origin[1]
        rows = slice(max(top, 0), min(top + patch.matte.shape[0], out.shape[0]))
        columns = slice(max(left, 0), min(left + patch.matte.shape[1], out.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        part = (
            slice(rows.start - top, rows.stop - top),
            slice(columns.start - left, columns.stop - left),
        )
        _put(patch.pixels[part], patch.matte[part], out[rows, columns])


def _put(fill: Array, matte: Array, out: Array) -> None:
    covered = matte > 0
    before = as_float(out)[covered]
    share = matte[covered][:, None]
    values = np.where(share >= 1, fill[covered], before + share * (fill[covered] - before))
    out[covered] = as_stored(values, out.dtype)


def _window(patch: Patch) -> tuple[slice, slice]:
    height, width = patch.matte.shape
    return slice(patch.top, patch.top + height), slice(patch.left, patch.left + width)
