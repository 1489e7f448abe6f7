# SPDX-License-Identifier: Apache-2.0
"""Light of a film whose truth nobody knows, from frame to frame on the same scene points.

The mean of a frame changes with what comes into it, so that light is compared along the motion.
Clips are (T, H, W, 3) uint8; light is in stops.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from ..frames import Array
from .metrics import follow, luma, warp

#: Values (levels of 255) between which a pixel counts in both frames: no shadow, nothing clipped.
_DARKEST, _BRIGHTEST = 25.0, 235.0
#: Pixels of the halved frame over which its structure is normalised, and the least contrast, stops.
_NORMALISE, _FLAT = (21, 21), 0.05
#: |difference of structure| up to which two pixels show one scene point; see `structure_of`.
_MATCH = 0.6
#: Share of the pixels that must match for two frames to be of one shot (over the films' frames it
#: is 0.70 at least), and pixels of them that must be in range for the pair to say anything.
_LEAST_SHARE, _LEAST_PIXELS = 0.4, 200
#: Frames of the mean that a wander is told from.
WANDER_FRAMES = 15


class FilmMotion:
    """Motion of a film from each frame to the next, blind to its light.

    Flow is DIS (medium) between the locally normalised log luma of halved frames. A pixel counts
    where forward and backward flow agree and both structures do.
    """

    def __init__(self, film: Array) -> None:
        dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        structures = [structure_of(halved(frame)) for frame in film]
        self._links = [_link(dis, first, second) for first, second in pairwise(structures)]

    def speed(self) -> float:
        """Median motion, in pixels of the halved frame from one to the next."""
        return float(np.median([_speed(place) for place, _ in self._links]))

    def steps(self, clip: Array) -> Array:
        """Change of light (T-1,) in stops of the film, or of what became of it."""
        frames = [halved(frame) for frame in clip]
        pairs = zip(pairwise(frames), self._links, strict=True)
        return np.array([_step(first, second, *link) for (first, second), link in pairs])


def step_rms(steps: Array) -> float:
    """Root mean square of the changes of light (T-1,) from frame to frame, in millistops."""
    return 1000 * float(np.sqrt(np.mean(steps**2)))


def wander_rms(steps: Array) -> float:
    """Root mean square of the path of light about its mean of 15 frames, in millistops.

    Frames at the ends, around which there are no 15, are left out: no fade has a wander then.
    """
    path = np.concatenate([[0.0], np.cumsum(steps)])
    length = min(WANDER_FRAMES, len(path))
    first = length // 2
    mean = np.convolve(path, np.full(length, 1 / length), "valid")
    return 1000 * float(np.sqrt(np.mean((path[first : first + len(mean)] - mean) ** 2)))


def halved(frame: Array) -> Array:
    """Luma (H/2, W/2) float32 in levels."""
    size = max(1, frame.shape[1] // 2), max(1, frame.shape[0] // 2)
    return cv2.resize(luma(frame), size, interpolation=cv2.INTER_AREA)


def structure_of(picture: Array) -> Array:
    """Log luma less its local mean, over its local deviation (h, w) float32: no gain changes it."""
    logarithm = np.log2(picture + 4.0)
    mean = cv2.blur(logarithm, _NORMALISE)
    square = cv2.blur(logarithm * logarithm, _NORMALISE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0) + _FLAT**2)
    return np.asarray((logarithm - mean) / deviation, np.float32)


def _link(dis: cv2.DISOpticalFlow, first: Array, second: Array) -> tuple[Array, Array]:
    """Place (h, w, 2) in the first of two structures of the pixels of the second; which count."""
    shown = [np.clip(40 * s + 128, 0, 255).astype(np.uint8) for s in (first, second)]
    place, agreed = follow(dis, shown[1], shown[0])
    matched = agreed & (np.abs(warp(first, place) - second) <= _MATCH)
    return place, matched & (matched.mean() >= _LEAST_SHARE)


def _speed(place: Array) -> float:
    rows, columns = np.indices(place.shape[:2], dtype=np.float32)
    return float(np.median(np.hypot(place[..., 0] - columns, place[..., 1] - rows)))


def _step(first: Array, second: Array, place: Array, matched: Array) -> float:
    """Median of the log2 ratios of the second to the first; 0 where too little is matched."""
    before = warp(first, place)
    counted = matched & _in_range(before) & _in_range(second)
    if counted.sum() < _LEAST_PIXELS:
        return 0.0
    return float(np.median(np.log2(second[counted] / before[counted])))


def _in_range(picture: Array) -> Array:
    return (picture >= _DARKEST) & (picture <= _BRIGHTEST)
