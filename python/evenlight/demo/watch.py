# SPDX-License-Identifier: Apache-2.0
"""Notes of the demo about each frame as it passes, so that clips of any length fit into memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np

from ..evaluation.metrics import jitter, luma
from ..frames import Array
from ..io import Reader
from ..views.display import shown
from .pictures import Curve

#: Frames side by side in the picture.
STRIP = 4
_SMALL_WIDTH, _STRIP_WIDTH = 160, 640


@dataclass(slots=True)
class Watch:
    """Brightness of every frame before and after, and the frames that flickered most."""

    source: Reader
    _before: list[Array] = field(default_factory=list)
    _after: list[Array] = field(default_factory=list)
    _seconds: list[float] = field(default_factory=list)
    _latest: deque[tuple[Array, Array]] = field(default_factory=lambda: deque(maxlen=STRIP))
    _best: tuple[float, tuple[tuple[Array, Array], ...]] = (-1.0, ())

    def note(self, before: Array, after: Array, seconds: float) -> None:
        """Look at a frame, and forget it unless it is one for the picture."""
        pair = shown(before, self.source.encoding), shown(after, self.source.encoding)
        self._before.append(_summary(pair[0]))
        self._after.append(_summary(pair[1]))
        self._seconds.append(seconds)
        self._latest.append((_at_most(pair[0], _STRIP_WIDTH), _at_most(pair[1], _STRIP_WIDTH)))
        if (score := self._score()) > self._best[0]:
            self._best = score, tuple(self._latest)

    def _score(self) -> float:
        """Worth of the latest frames for the picture: flicker before, and none after."""
        if len(self._latest) < min(STRIP, self.source.last - self.source.first + 1):
            return -1.0
        before, after = (
            np.array([means[0] for means in rows[-STRIP:]]) for rows in (self._before, self._after)
        )
        jumps = np.abs(np.diff(before)).sum() - 4 * np.abs(np.diff(after)).sum()
        return max(0.0, float(jumps)) * float(before.mean() > 24)

    @property
    def frames(self) -> tuple[list[Array], list[Array]]:
        """The chosen frames before and after."""
        return [pair[0] for pair in self._best[1]], [pair[1] for pair in self._best[1]]

    @property
    def curves(self) -> tuple[Curve, Curve]:
        """Brightness over time, before and after."""
        return _curve(self._before), _curve(self._after)

    @property
    def flicker(self) -> tuple[float, float]:
        """Flicker of the mean brightness in stops, before and after."""
        before, after = self.curves
        return jitter(before.mean), jitter(after.mean)

    @property
    def milliseconds(self) -> float:
        """The usual time of a render; the first ones also read the neighbours ahead."""
        return 1000 * float(np.median(self._seconds))


def curve(clip: Array) -> Curve:
    """Brightness over time of (T, H, W, 3) uint8."""
    return _curve([_summary(frame) for frame in clip])


def _curve(rows: list[Array]) -> Curve:
    table = np.stack(rows)
    return Curve(table[:, 0], table[:, 1], table[:, 2])


def _summary(picture: Array) -> Array:
    levels = luma(_at_most(picture, _SMALL_WIDTH))
    return np.array([levels.mean(), *np.percentile(levels, (5, 95))])


def _at_most(picture: Array, width: int) -> Array:
    if picture.shape[1] <= width:
        return picture
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
