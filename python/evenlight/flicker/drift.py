# SPDX-License-Identifier: Apache-2.0
"""Drift of light within the chunks of a clip, the same in each.

Frames are compared directly, place by place: what is added up from frame to frame along points that
move strays, for they come nearer and leave the light that lies over the picture. Places tell how
light changes within each chunk and, as the steps at joins are known, from the first chunk to each
other one: meant light changes too, but seldom goes far in the end. Where the picture moves on, so
that places show one thing after another, they say little, and the steps from frame to frame speak.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..frames import Array
from ..kernels import elementwise

#: Most that light drifts within a chunk, and the deviation of what it does before anything is seen,
#: in stops.
_MOST, _USUAL = 0.35, 0.06
#: Deviation of meant light within a chunk, and from one to another, in stops; and that with which
#: steps from frame to frame stray, stops a frame.
_MEANT, _STRAYS = 0.01, 0.0007
#: Frames that a chunk must have to tell of drift.
_LEAST_FRAMES = 12
#: Display values between which a place of a thumbnail counts, how many must, and how many of them
#: are as good as one that stands alone.
_DARKEST, _BRIGHTEST, _LEAST_PLACES, _ALIKE = 25 / 255, 235 / 255, 12, 24
#: Deviation (stops) of a place whose light hardly changes but as that of all does.
_CALM = 0.06
#: How far a picture that shows another scene is off in light, times the share of it that does; and
#: the least contrast of a picture, stops.
_STRANGE, _LEAST_CONTRAST = 4.0, 0.1
#: Variance (stops squared) where nothing is seen, and the least one.
_NOTHING, _LEAST = 1e3, 1e-10
_MAD = 1.4826  # makes a robust deviation of a median of distances
#: Share of the chunks by whose distance from the middle one they agree, and what makes a deviation
#: of it: the median is no distance where one of two or three chunks is much surer than the others.
_MOST_OF_THEM, _OF_MOST = 2 / 3, 1.034


def drift_of(changes: Array, thumbnails: Array, chunks: Sequence[slice], steps: Array) -> Array:
    """Stops (3,) by which light drifts in each frame of a chunk.

    `changes` (n, 3) are stops from the frame before to each, `thumbnails` (n, h, w, 3) display
    values, `steps` (chunks, 3) stops from the last frame before each chunk to its first.
    """
    long = [i for i, chunk in enumerate(chunks) if chunk.stop - chunk.start >= _LEAST_FRAMES]
    if not long:
        return np.zeros(3)
    frames = np.array([chunks[i].stop - chunks[i].start for i in long])
    usual = _USUAL / float(np.median(frames))
    light = [_octaves(thumbnails[chunks[i]]) for i in long]
    within = np.array([_within(one) for one in light])
    within[:, 1] += np.square(_MEANT / frames)[:, None]
    followed = np.array([_followed(changes[chunks[i]][1:]) for i in long])
    ways = [_agreed(within), _agreed(followed) + np.array([[0.0], [_STRAYS * _STRAYS]])]
    if len(long) > 1:
        from_first = np.array([_change(light[0], one) for one in light[1:]])
        from_first[:, 1] += 2 * _MEANT * _MEANT
        from_first[:, 0] -= np.cumsum(steps, axis=0)[long[1:]] - steps[: long[0] + 1].sum(axis=0)
        away = np.array([chunks[i].start - chunks[long[0]].start for i in long[1:]])
        a_frame = from_first / np.stack([away, np.square(away)], axis=1)[:, :, None]
        # All are compared with the one chunk: they are no surer than the surest of them.
        agreed = _agreed(a_frame)
        ways.append(np.maximum(agreed, [np.full(3, -np.inf), a_frame[:, 1].min(axis=0)]))
    drifts, variances = np.stack(ways, axis=1)
    weights = 1 / variances
    drift = (drifts * weights).sum(axis=0) / (weights.sum(axis=0) + 1 / (usual * usual))
    most = _MOST * usual / _USUAL
    return np.clip(drift, -most, most)


def _octaves(thumbnails: Array) -> Array:
    """Logarithm (n, places, 3) of display values; NaN where they are dark or near white."""
    light = thumbnails.reshape(len(thumbnails), -1, 3).astype(np.float64)
    shown = (light >= _DARKEST) & (light <= _BRIGHTEST)
    octaves = elementwise.log2(np.maximum(light, _DARKEST))
    return np.where(shown, octaves, np.nan)


def _within(light: Array) -> Array:
    """Stops a frame and their variance (2, 3), by the halves of a chunk."""
    apart = len(light) // 2
    return _change(light[:-apart], light[apart:]) / [[apart], [apart * apart]]


def _followed(changes: Array) -> Array:
    """Stops a frame and their variance (2, 3), by steps from frame to frame."""
    apart = np.array([_deviation(channel) for channel in changes.T])
    return np.array([changes.mean(axis=0), np.square(apart) / len(changes)])


def _change(first: Array, second: Array) -> Array:
    """Stops from frames (n, places, 3) to others, one by one, and their variance (2, 3).

    Places count by how calm they are, for things move over the others.
    """
    count = min(len(first), len(second))
    apart = second[:count] - first[:count]
    found = np.tile([[0.0], [_NOTHING]], (1, 3))
    often = np.isfinite(apart).sum(axis=0) >= count / 2
    for channel in range(3):
        own = apart[:, often[:, channel], channel]
        if own.shape[1] < _LEAST_PLACES:
            continue
        places = np.nanmedian(own, axis=0)
        unrest = np.nanmedian(np.abs(own - places), axis=0)
        weights = 1 / (np.square(_MAD * unrest) + _CALM * _CALM)
        middle = _middle(places, weights)
        spread = _MAD * _middle(np.abs(places - middle), weights)
        alone = float(np.square(weights.sum()) / np.square(weights).sum()) / _ALIKE
        together = np.nanmedian(own[np.isfinite(own).any(axis=1)], axis=1)
        shown = first[:count, often[:, channel], channel]
        contrast = max(_deviation(shown[np.isfinite(shown)]), _LEAST_CONTRAST)
        strange = _STRANGE * spread * spread / contrast
        deviations = np.array([spread / np.sqrt(max(alone, 1.0)), _deviation(together), strange])
        found[:, channel] = middle, np.square(deviations).sum()
    return found


def _agreed(found: Array) -> Array:
    """Stops and variance (2, 3) that chunks agree on, of what each shows (n, 2, 3).

    It is the middle one, for in some chunk meant light changes.
    """
    agreed = np.empty((2, 3))
    for channel in range(3):
        stops, variances = found[:, :, channel].T
        deviations = np.sqrt(np.maximum(variances, _LEAST))
        middle = _middle(stops, 1 / deviations)
        apart = _middle(np.abs(stops - middle), 1 / deviations, _MOST_OF_THEM)
        spread = _OF_MOST * apart
        together = 1 / float((1 / np.square(deviations)).sum())
        agreed[:, channel] = middle, max(together, spread * spread / len(stops))
    return agreed


def _deviation(values: Array) -> float:
    """Robust deviation of values (n,)."""
    return _MAD * float(np.median(np.abs(values - np.median(values))))


def _middle(values: Array, weights: Array, share: float = 0.5) -> float:
    """The value that a share of the weight of values (n,) lies below; the median for a half."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] * share)])
