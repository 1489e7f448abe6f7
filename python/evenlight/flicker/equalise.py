# SPDX-License-Identifier: Apache-2.0
"""Scale-time equalisation on motion-matched cells (BlazeBVD eq. 3, after Delon 2006).

The published form compares the histograms of whole frames, so that a bright object that walks in
counts as a change of light. Here the histograms of two frames are taken from the cells that show
the same scene points in both. How bright the frame is to be the light model says; how its levels
lie to each other is a mean over the window, as in eq. 3, of curves that are freed of their own
brightness first: so neither a fade nor the flicker of the neighbours is in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..colour.levels import LEVELS, light_at_levels
from ..frames import Array
from ..kernels import elementwise
from .light_model import LightModel
from .light_path import lit_colours
from .matching import Pair
from .smoothing import soft_step

#: The Gaussian's deviation as a share of the radius.
SIGMA_SHARE = 0.4
#: Brightness of all cells that keeps shares of it quiet.
_QUIET = 1e-6
#: Deviations from the window's median by which a neighbour's light is another light.
_ANOTHER_LIGHT = 3.0


def equalise(
    pairs: Sequence[Pair], centre: Array, radius: int, keep_above: float, light: LightModel
) -> Array:
    """Relative deficit of each level against the window, (3, len(LEVELS)).

    It is a share of the level, 0 where a level is to be left alone; `tone_curves` makes gains of
    it. `centre` (h, w, 3) holds the frame's colours. Neighbours whose light is farther than
    `keep_above` stops from the window's median do not speak.
    """
    brightness = elementwise.exp2(light.correction)[:, None]
    deficit: Array = brightness * _contrast(pairs, centre, radius, keep_above, light) - 1
    return deficit


def _contrast(
    pairs: Sequence[Pair], centre: Array, radius: int, keep_above: float, light: LightModel
) -> Array:
    """Gains (3, len(LEVELS)) of levels against each other, as far as flicker is sure.

    The frame stays as bright as it is.
    """
    nothing = np.ones((3, len(LEVELS)))
    if not pairs:
        return nothing
    pairs = sorted(pairs, key=lambda pair: pair.offset)
    offsets = np.array([pair.offset for pair in pairs])
    changes = np.array([pair.change for pair in pairs])
    confidence = np.array([pair.confidence for pair in pairs])
    light_at = light_at_levels(lit_colours(centre))
    own = np.stack([pair.gains for pair in pairs])
    own = own / np.maximum((own * light_at).sum(axis=2, keepdims=True), _QUIET)
    apart = np.abs(changes - np.median(np.append(changes, 0.0)))
    near = 1 - soft_step(apart, max(keep_above, _ANOTHER_LIGHT * light.deviation))
    weights = elementwise.exp(-0.5 * np.square(offsets / (SIGMA_SHARE * radius)))
    weights = weights * confidence * near
    # The frame itself, which agrees with itself, is one of the window.
    mean = ((weights[:, None, None] * own).sum(axis=0) + 1) / (weights.sum() + 1)
    mean /= np.maximum((mean * light_at).sum(axis=1, keepdims=True), _QUIET)
    contrast: Array = 1 + light.certainty * (mean - 1)
    return contrast


def tone_curves(relative_deficit: Array, strength: float) -> Array:
    """Gains (3, len(LEVELS)) that give a part of what is lacking; no level overtakes another."""
    values = LEVELS * (1 + strength * relative_deficit)
    curves: Array = np.maximum.accumulate(values, axis=1) / LEVELS
    return curves
