# SPDX-License-Identifier: Apache-2.0
"""Blend of several neighbours into one fill, by how well each fits around the hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..colour.luma import luma_of
from ..frames import Array
from ..kernels import opencv
from ..kernels.bridge import bridged

#: Error on the ring (display value) at which a neighbour counts half.
_FAIR = np.float32(3 / 255)
#: Weight of a frame that is not the next one.
_FURTHER = 0.02
#: Pixels of the ring that a neighbour must be known on.
_LEAST_KNOWN = 8
#: Largest difference on the ring that is taken for one of light, and pixels it is averaged over.
_LARGEST_SEAM, _AROUND = 0.25, (5, 5)
#: Times the median deviation, and what is added to it (display value), up to which it is light.
_OUTLYING, _QUIET = 4.0, 2 / 255
#: Pixels of the ring of which medians are taken, about; as good as those of all.
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Donor:
    """A neighbour's pixels at a place, brought into the light around the hole."""

    pixels: Array  # (h, w, C) float32
    clean: Array  # (h, w) bool
    error: float  # mean difference on the ring (display value) before that
    is_near: bool  # whether it is one of the two frames that judge


def donors(here: Array, moved: Sequence[tuple[Array, Array]], ring: Array) -> list[Donor]:
    """Of neighbours (pixels, clean), the two that judge first, those that are known on the ring."""
    found = []
    for i, (pixels, clean) in enumerate(moved):
        known = ring & clean
        if known.sum() < _LEAST_KNOWN:
            continue
        difference = here - pixels
        error = float(np.abs(grey(difference))[known].mean())
        found.append(Donor(pixels + _continued(difference, known), clean, error, i < 2))
    return found


def blended(here: Array, given: Sequence[Donor], hole: Array) -> Array | None:
    """Mean of the donors by how well they fit the ring, the seam taken out; None: there is none.

    Frames further away count where nearer ones have nothing, and a little elsewhere.
    """
    total = np.zeros(here.shape, np.float32)
    weights = np.zeros((*here.shape[:2], 1), np.float32)
    for donor in given:
        share = 1.0 if donor.is_near else _FURTHER
        fitness = np.float32(share / (donor.error * donor.error + _FAIR * _FAIR))
        weight = donor.clean[..., None] * fitness
        total += weight * donor.pixels
        weights += weight
    covered = (weights[..., 0] > 0) | ~hole
    if not (weights > 0).any():
        return None
    fill = total / np.maximum(weights, 1e-9)
    if not covered.all():
        fill = inpainted(np.where(covered[..., None], fill, here), ~covered)
    return fill


def inpainted(here: Array, hole: Array) -> Array:
    """The surroundings of a hole (h, w) bool continued inwards, where no neighbour has pixels."""
    return bridged(here, hole)


def grey(values: Array) -> Array:
    """Luma (h, w) of stored values (h, w, C)."""
    return np.asarray(luma_of(values) if values.shape[2] >= 3 else values[..., 0])


def _continued(difference: Array, known: Array) -> Array:
    """The difference of light on the ring, smoothly continued inwards.

    What differs far more there than the rest of the ring is no light but a thing that moved.
    """
    level = grey(difference)
    sample = level[known]
    sample = sample[:: 1 + len(sample) // _SAMPLE]
    usual = np.median(sample)
    limit = _OUTLYING * np.median(np.abs(sample - usual)) + _QUIET
    alike = known & (np.abs(level - usual) <= limit)
    known = alike if alike.sum() >= _LEAST_KNOWN else known
    clipped = np.clip(difference, -_LARGEST_SEAM, _LARGEST_SEAM)
    smooth = np.where(known[..., None], clipped, 0).astype(np.float32)
    weight = known.astype(np.float32)
    blurred = opencv.blur(smooth, _AROUND).reshape(smooth.shape)
    share = opencv.blur(weight, _AROUND)
    mean = blurred / np.maximum(share, 1e-6)[..., None]
    return bridged(mean, ~known)
