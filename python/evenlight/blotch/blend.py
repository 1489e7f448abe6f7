# SPDX-License-Identifier: Apache-2.0
"""Blend of several neighbours into one fill, by how well each fits around the hole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..colour.luma import luma_of
from ..frames import Array
from ..kernels import opencv
from ..motion.dense import bridged

#: Error on the ring (display value) at which a neighbour counts half.
_FAIR = np.float32(3 / 255)
#: Weight of a frame that is not the next one.
_FURTHER = 0.02
#: Pixels of the ring that a neighbour must be known on.
_LEAST_KNOWN = 8
#: Largest difference on the ring that is taken for one of light, and pixels it is averaged over.
_LARGEST_SEAM, _AROUND = 0.15, (5, 5)


def blended(
    here: Array,
    near: Sequence[tuple[Array, Array]],
    far: Sequence[tuple[Array, Array]],
    ring: Array,
    hole: Array,
) -> Array | None:
    """Mean of the neighbours by how well they fit the ring, the seam taken out; None: none fits.

    Frames further away count where nearer ones have nothing, and a little elsewhere.
    """
    total = np.zeros(here.shape, np.float32)
    weights = np.zeros((*here.shape[:2], 1), np.float32)
    for pixels, clean, share in [(*one, 1.0) for one in near] + [(*one, _FURTHER) for one in far]:
        known = ring & clean
        if known.sum() < _LEAST_KNOWN:
            continue
        difference = here - pixels
        error = float(np.abs(grey(difference))[known].mean())
        seamless = pixels + _continued(difference, known)
        weight = clean[..., None] * np.float32(share / (error * error + _FAIR * _FAIR))
        total += weight * seamless
        weights += weight
    covered = (weights[..., 0] > 0) | ~hole
    if not (weights > 0).any():
        return None
    fill = total / np.maximum(weights, 1e-9)
    if not covered.all():
        fill = inpainted(np.where(covered[..., None], fill, here), (~covered).astype(np.float32))
    return fill


def inpainted(here: Array, matte: Array) -> Array:
    """The surroundings continued inwards, where no neighbour has the pixels."""
    hole = matte > 0
    return bridged(np.where(hole[..., None], 0, here).astype(np.float32), hole)


def grey(values: Array) -> Array:
    """Luma (h, w) of stored values (h, w, C)."""
    return np.asarray(luma_of(values) if values.shape[2] >= 3 else values[..., 0])


def _continued(difference: Array, known: Array) -> Array:
    """The difference on the ring, smoothly continued inwards."""
    clipped = np.clip(difference, -_LARGEST_SEAM, _LARGEST_SEAM)
    smooth = np.where(known[..., None], clipped, 0).astype(np.float32)
    weight = known.astype(np.float32)
    blurred = opencv.blur(smooth, _AROUND).reshape(smooth.shape)
    share = opencv.blur(weight, _AROUND)
    mean = blurred / np.maximum(share, 1e-6)[..., None]
    return bridged(np.where(known[..., None], mean, 0).astype(np.float32), ~known)
