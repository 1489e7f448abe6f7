# SPDX-License-Identifier: Apache-2.0
"""Likelihood of a path of light, by a filter that does its sums in one order."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .. import _native
from ..frames import Array


@dataclass(frozen=True, slots=True)
class LightSettings:
    """Settings that all hypotheses share."""

    surprise: float  # squared deviations from which a frame is a step or a burst
    flash: float  # squared stops from which it is one at `flashing` squared deviations
    flashing: float
    punishment: float  # logarithm of how rare steps and bursts are
    start: float  # variance of the first frame's light, stops squared
    slope: float  # of the first frame's slope


def explain_light(
    path: Array, noise: Array, centre: int, hypotheses: Array, settings: LightSettings
) -> tuple[Array, Array]:
    """Log likelihood (n,) of each hypothesis, and the meant light (n, channels) of frame `centre`.

    `path` (frames, channels) is the logarithm of each frame's light, `noise` (frames - 1,) the
    variance with which its steps were measured. A hypothesis (7,) is the deviation of the walk and
    of the bends of meant light, and of white and of coloured flicker; the share of the latter that
    is left a frame later, and that of its quarter turn; the chance that a frame draws it anew.
    ValueError where they do not fit.
    """
    return _native.explain_light(path, noise, centre, hypotheses, **asdict(settings))
