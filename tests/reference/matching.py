# SPDX-License-Identifier: Apache-2.0
"""The NumPy form of `_native.follow_sides`, to read and to hold the compiled one to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evenlight.colour.levels import LEVELS
from evenlight.colour.luma import QUIET
from evenlight.flicker.matching import FLOOR, LEAST_MATCHED, QUANTILES
from evenlight.frames import Array
from evenlight.motion.fields import Step
from evenlight.motion.preview import MATCH, Preview

# Histogram bins: one for [0, 2^-8), then 64 an octave up to 2^4, by the leading bits of the float.
_EDGES = np.concatenate([[0.0], np.exp2(np.arange(-8, 5))[:, None].repeat(64, 1).ravel()])
_EDGES[1:] *= np.tile(1 + np.arange(64) / 64, 13)
_BINS = 12 * 64 + 1


def follow(centre: Preview, side: Sequence[Step]) -> list[tuple[float, Array, float]]:
    """Confidence, gains (3, levels) and change for each step of one side."""
    rows, columns = np.indices(centre.structure.shape, dtype=np.float32)
    height, width = centre.structure.shape
    field = np.zeros((height, width, 2), np.float32)
    said = []
    for structure, colour, flow, light in side:
        field = field + sample(flow, columns + field[..., 0], rows + field[..., 1])
        x, y = columns + field[..., 0], rows + field[..., 1]
        inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
        difference = sample(structure[..., None], x, y)[..., 0] - centre.structure
        matched = inside & (np.abs(difference) < MATCH)
        there = sample(colour, x, y)
        if light is not None:
            there = there * light[..., None]
        said.append(_compare(centre.colour[matched], there[matched], matched.size))
    return said


def sample(picture: Array, x: Array, y: Array) -> Array:
    """`picture` (h, w, c) float32 at fractional places, the border continued."""
    height, width, _ = picture.shape
    x = np.clip(x, np.float32(0), np.float32(width - 1))
    y = np.clip(y, np.float32(0), np.float32(height - 1))
    x0, y0 = x.astype(np.intp), y.astype(np.intp)
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    fx = (x - x0.astype(np.float32))[..., None]
    fy = (y - y0.astype(np.float32))[..., None]
    one = np.float32(1)
    result: Array = (
        ((one - fx) * (one - fy)) * picture[y0, x0]
        + (fx * (one - fy)) * picture[y0, x1]
        + ((one - fx) * fy) * picture[y1, x0]
        + (fx * fy) * picture[y1, x1]
    )
    return result


def _compare(here: Array, there: Array, cells: int) -> tuple[float, Array, float]:
    confidence = len(here) / cells
    gains = np.ones((3, len(LEVELS)))
    if len(here) == 0 or confidence < LEAST_MATCHED:
        return confidence, gains, 0.0
    changes: list[float] = []
    for channel in range(3):
        levels, counterparts = _paired_up(quantiles(here[:, channel]), quantiles(there[:, channel]))
        gains[channel] = _gains(levels, counterparts, changes)
    return confidence, gains, float(np.median(changes)) if changes else 0.0


def quantiles(values: Array) -> tuple[Array, Array, Array]:
    """Values below which shares (i + 1/2) / n of the samples lie, their bins, what is crowded.

    Linear inside a bin, but the mean where many samples have one value, as where a frame clips.
    """
    keys = np.ascontiguousarray(values, np.float32).view(np.uint32) >> 17
    first = (127 - 8) << 6
    bins = np.minimum(np.where(keys < first, 0, keys.astype(np.int64) - first + 1), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    sums = np.bincount(bins, values.astype(np.float64), minlength=_BINS)
    reached = np.cumsum(counts)
    wanted = (np.arange(QUANTILES) + 0.5) / QUANTILES * len(values)
    bin_of = np.searchsorted(reached, wanted)
    held = counts[bin_of]
    share = (wanted - (reached[bin_of] - held)) / held
    inside = _EDGES[bin_of] + share * (_EDGES[bin_of + 1] - _EDGES[bin_of])
    crowded = held >= 2 * len(values) / QUANTILES
    return np.where(crowded, sums[bin_of] / held, inside), bin_of, crowded


def _paired_up(
    here: tuple[Array, Array, Array], there: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """Quantiles of here against those there. What is one value here was many there: their mean.

    What is clipped there and not here says only "more", and is left out.
    """
    value, bins, crowded = here
    starts = np.ones(len(value), bool)
    starts[1:] = ~crowded[1:] | (bins[1:] != bins[:-1])
    first = np.flatnonzero(starts)
    lengths = np.diff(np.append(first, len(value)))
    counterparts = np.add.reduceat(there[0], first) / lengths
    spoken = (_clipped(here) | ~_clipped(there))[first]
    return value[first][spoken], counterparts[spoken]


def _clipped(quantiles: tuple[Array, Array, Array]) -> Array:
    _, bins, crowded = quantiles
    return crowded & (bins == bins[-1])


def _gains(here: Array, there: Array, changes: list[float]) -> Array:
    if len(here) == 0:
        return np.ones(len(LEVELS))
    stops = np.log2((there + QUIET) / (here + QUIET))
    distance = np.abs(stops - np.median(stops))
    plain = (here > FLOOR) & (here < 0.98 * here[-1]) & (there < 0.98 * there[-1])
    changes.extend(np.log2(np.maximum(there[plain], 1e-4) / here[plain]))
    keep = distance < 6 * (np.median(distance) + 0.01)
    if here[-1] > FLOOR:
        keep &= here > FLOOR
    if not keep.any():
        return np.ones(len(LEVELS))
    level = np.maximum(here[keep], FLOOR)
    key, first = np.unique(np.log2(level), return_index=True)
    return np.interp(np.log2(LEVELS), key, there[keep][first] / level[first])
