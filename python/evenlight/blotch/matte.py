# SPDX-License-Identifier: Apache-2.0
"""Shapes of mattes: how far a blotch reaches, gaps closed, an edge that fades out."""

from __future__ import annotations

import numpy as np

from ..frames import Array
from ..kernels import opencv

#: Lengths that users give are pixels of a frame so high.
OF_HEIGHT = 1080
#: Pixels of the preview that the influence of a blotch is followed from its mask, at most.
REACH = 5
#: Pixels it is followed farther where much more is to be seen than its rim.
FURTHER = 8
#: A pixel belongs to a blotch that differs this many deviations of what differs around it, this
#: share of the blotch's own contrast, and this much (display value).
_DEVIATIONS, _SHARE, _LEAST = 2.5, 0.08, 2.5 / 255
#: The blotch's edge is covered this far (pixels of the preview), and fades out over so many pixels.
_COVER, _FADE = 0.8, np.float32(1.5)
#: Median absolute value to standard deviation.
_MAD = 1.4826
#: Pixels of the preview inside and outside a blotch's outline that are compared, and how many at
#: least; and the percentile of a blotch's difference that stands for its contrast.
_RIM, _LEAST_RIM, _BODY = (1.0, 3.0), 12, 75
#: What is left beside a blotch shows if it differs by this share of its contrast and by this much
#: (display value); and pixels of the preview beyond its outline that are looked at.
_LEFT, _SHOWS, _BESIDE = 0.15, 6 / 255, 2.0


def disc(radius: float) -> Array:
    """A round structuring element (2r + 1, 2r + 1) uint8."""
    whole = int(radius)
    rows, columns = np.indices((2 * whole + 1, 2 * whole + 1)) - whole
    return (rows * rows + columns * columns <= radius * radius).astype(np.uint8)


def closed(mask: Array, radius: float) -> Array:
    """`mask` (h, w) bool with gaps up to twice the radius closed, and the holes in it filled."""
    if radius >= 1:
        wide: Array = np.pad(mask.astype(np.uint8), int(radius) + 1)
        wide = opencv.morphologyEx(wide, opencv.MORPH_CLOSE, disc(radius))
        edge = int(radius) + 1
        mask = np.asarray(wide[edge:-edge, edge:-edge] > 0)
    return without_holes(mask)


def without_holes(mask: Array) -> Array:
    """`mask` (h, w) bool with what it encloses."""
    outside = np.pad(~mask, 1, constant_values=True).astype(np.uint8)
    _, labels = opencv.connectedComponents(outside, connectivity=4)
    return np.asarray((labels != labels[0, 0])[1:-1, 1:-1])


def reached(difference: Array, mask: Array, around: Array, scale: float) -> Array:
    """Pixels (h, w) bool that a blotch darkens or brightens: its mask, its soft rim, its shade.

    `difference` (h, w) is that to the fill, positive where the blotch is; `around` (h, w) bool
    tells what differs where no blotch is; `scale` is pixels for one of the preview.
    """
    if not around.any():
        return mask
    smooth = opencv.blur(difference, (3, 3))
    noise = _MAD * float(np.median(np.abs(smooth[around])))
    contrast = float(np.median(smooth[mask]))
    level = max(_DEVIATIONS * noise, _SHARE * contrast, _LEAST)
    differs = (smooth > level) & (difference > level / 2)  # of smoothing alone nothing grows
    return _followed(mask, differs & (_distance(mask) <= REACH * scale))


def followed(difference: Array, mask: Array, scale: float) -> Array:
    """`mask` (h, w) bool and what shows beside it, FURTHER than its influence is followed."""
    return _followed(mask, _showing(difference, mask) & (_distance(mask) <= FURTHER * scale))


def left(difference: Array, mask: Array, stays: Array, scale: float) -> float:
    """Share of a mask's outline beside which its blotch goes on, where it `stays` (h, w) bool.

    `difference` and `mask` are as for `reached`.
    """
    beside = ~mask & (_distance(mask) <= _BESIDE * scale)
    shows = _showing(difference, mask) & stays & beside
    return float(shows.sum() / max(int(beside.sum()), 1))


def _showing(difference: Array, mask: Array) -> Array:
    smooth = opencv.blur(difference, (3, 3))
    level = max(_LEFT * float(np.percentile(smooth[mask], _BODY)), _SHOWS)
    return np.asarray((smooth > level) & (difference > level / 2))


def _followed(mask: Array, differs: Array) -> Array:
    """`mask` (h, w) bool and what differs and is connected with it."""
    _, labels = opencv.connectedComponents((mask | differs).astype(np.uint8), connectivity=4)
    kept = np.zeros(int(labels.max()) + 1, bool)
    kept[labels[mask]] = True
    kept[0] = False
    return closed(kept[labels], 1)


def rim(difference: Array, mask: Array, clear: Array, scale: float) -> float:
    """Share of a blotch's contrast that is lost over its outline: dirt has a rim, light has none.

    `difference` and `mask` are as for `reached`, `clear` (h, w) bool is where no other blotch lies.
    Infinite for what is too small to have an inside.
    """
    smooth = opencv.blur(difference, (3, 3))
    outside, inside = _distance(mask), _distance(~mask)
    low, high = _RIM[0] * scale, _RIM[1] * scale
    within = (inside > low) & (inside <= high)
    beyond = (outside > low) & (outside <= high) & clear
    if within.sum() < _LEAST_RIM or beyond.sum() < _LEAST_RIM:
        return np.inf
    fall = float(np.median(smooth[within]) - np.median(smooth[beyond]))
    return fall / max(float(np.percentile(smooth[mask], _BODY)), 1e-6)


def _distance(mask: Array) -> Array:
    """Distance (h, w) in pixels of each pixel that is not of a mask (h, w) bool to it."""
    return np.asarray(opencv.distanceTransform((~mask).astype(np.uint8), opencv.DIST_L2, 3))


def grown(mask: Array, radius: float) -> Array:
    """`mask` (h, w) bool and all within `radius` pixels of it."""
    if radius <= 0:
        return mask
    return np.asarray(_distance(mask) <= radius)


def softened(mask: Array, scale: float) -> Array:
    """1 on a mask (h, w) bool and its edge, falling to exactly 0 within two pixels (h, w)."""
    distance = _distance(mask)
    reach = np.float32(_COVER * scale)
    return np.clip(1 - (distance - reach) / _FADE, 0, 1).astype(np.float32)
