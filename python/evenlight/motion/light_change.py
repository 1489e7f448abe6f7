# SPDX-License-Identifier: Apache-2.0
"""Change of light from one frame to the next, measured on the scene points that both show.

It is the ratio of their mean brightness, as their tone curves make it: the corrections of both
frames add up to it however light depends on level, as they would not to a median of ratios. What
differs over the frame is taken out before the medians are, for bands of brightness lie in places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.luma import QUIET, luma_of
from ..frames import Array
from ..kernels import elementwise
from .dense import warp
from .preview import Preview

#: Display value that keeps the logarithm of a cell's light quiet.
_QUIET_CELL = 0.1 / 255
#: Luma up to which cells speak, where enough do: above it they are clipped.
_BRIGHT = 0.92
#: Cells that must speak, as a share of the picture's.
_LEAST_SHARE = 0.02
#: Deviation with which the change is measured: that of the brightness (display value), and how much
#: of the spread over the frame is added for each cell that the picture moves.
_NOISE, _NOISE_OF_MOTION = 0.1 / 255, 0.1
#: The same deviation, in stops, where all is black.
_DARKNESS = 3.0
#: Share of the cells that must speak for all, and the deviation, in stops, where none does: the
#: others may well change otherwise.
_SPEAKS_FOR_ALL, _SILENT = 1 / 3, 0.1
#: The same where nothing speaks.
_UNKNOWN = 0.3
#: Bands of brightness that are asked, and cells that a band must have.
_BANDS, _CELLS_A_BAND = 16, 12
#: What makes a robust deviation of a median of distances.
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class LightChange:
    """Change of light of the whole scene between two frames."""

    stops: Array  # (3,) of each channel
    evened: Array  # (3,) the same once what differs over the frame is out of it
    noise: float  # variance with which they were measured, stops squared
    hues: float  # spread of the earlier frame's hues, stops; 0 where it is of one colour


def light_change(
    first: Preview, second: Preview, forward: Array, matched: Array, gain: Array | None = None
) -> LightChange:
    """Change from `first` to `second`, seen along `forward` on the `matched` cells (h, w) bool.

    `gain` (h, w) is what differs over the frame from the one to the other, the mean of its
    logarithm 0; None for nothing.
    """
    here, there = first.colour, warp(second.colour, forward)
    lit = matched & lit_cells(here) & lit_cells(there)
    if lit.sum() < _LEAST_SHARE * lit.size:
        lit = matched
    hues = _spread_of_hues(here)
    if not lit.any():
        return LightChange(np.zeros(3), np.zeros(3), _UNKNOWN * _UNKNOWN, hues)
    here, there = (colour[lit].astype(np.float64) + _QUIET_CELL for colour in (here, there))
    evened = here if gain is None else here * gain[lit].astype(np.float64)[:, None]
    ratios = there / evened
    octaves = elementwise.log2(ratios[:, 1])
    spread = _MAD * float(np.median(np.abs(octaves - np.median(octaves))))
    moved = float(np.median(np.sqrt(np.square(forward.astype(np.float64)).sum(axis=2))))
    change = elementwise.log2(_brightening(evened, ratios, luma_of(evened + there)))
    stops = change + elementwise.log2(evened.sum(axis=0) / here.sum(axis=0))
    darker = max(float(np.minimum(here, there).mean()) - _QUIET_CELL, _NOISE / _DARKNESS)
    silent = max(0.0, 1 - float(lit.mean()) / _SPEAKS_FOR_ALL)
    noise = _NOISE / darker + _NOISE_OF_MOTION * spread * moved + _SILENT * silent
    return LightChange(stops, change, noise * noise, hues)


def _brightening(here: Array, ratios: Array, luma: Array) -> Array:
    """Ratio (3,) of mean brightness, by the median ratio of each band from dark to bright.

    What happens in a part of a band, as where a shot flares up, is not the light of the scene.
    """
    count = min(_BANDS, max(1, len(luma) // _CELLS_A_BAND))
    bands = np.array_split(np.argsort(luma, kind="stable"), count)
    brightness = np.stack([here[band].sum(axis=0) for band in bands])
    medians = np.stack([np.median(ratios[band], axis=0) for band in bands])
    gain: Array = (brightness * medians).sum(axis=0) / brightness.sum(axis=0)
    return gain


def lit_cells(colour: Array) -> Array:
    """Cells (h, w) bool that are not clipped."""
    lit: Array = luma_of(colour) < _BRIGHT
    return lit


def _spread_of_hues(colour: Array) -> float:
    """The larger of the robust deviations of red and of blue against green, over the cells."""
    octaves = elementwise.log2(colour + QUIET)
    against = octaves[..., ::2] - octaves[..., 1:2]
    distances = np.abs(against - np.median(against, axis=(0, 1)))
    return _MAD * float(np.median(distances, axis=(0, 1)).max())
