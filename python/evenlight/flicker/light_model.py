# SPDX-License-Identifier: Apache-2.0
"""Meant light and flicker of a window, told apart by the likelihood of its path of light.

The path, the logarithm of light frame by frame, is explained in many ways. Meant light is a local
linear trend (Harvey 1989), with steps that stay; it may bend fast where nothing flickers, and only
slowly under flicker. Flicker is white from frame to frame, or wanders over some frames and returns,
or swings as a crank does (his stochastic cycle), or jumps to another light every few frames, again
and again. Each explanation counts by its likelihood, so that a frame is corrected by as much as
flicker is sure, and its neighbours, whose windows are nearly the same, by as much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..frames import Array
from ..kernels import elementwise
from ..kernels.elementwise import LN_2
from ..kernels.light_path import LightSettings, explain_light
from .light_path import LightPath
from .smoothing import soft_step

#: Deviations of flicker that are tried, in stops.
_FLICKER = (0.004, 0.007, 0.012, 0.02, 0.035, 0.06, 0.11, 0.2, 0.28, 0.4)
#: Deviations of the bends of meant light, stops a frame a frame, where nothing flickers, and under
#: flicker at a steadiness of 1/2.
_FREE_BENDS, _STIFF_BENDS = (0.0003, 0.0015, 0.007, 0.03, 0.12, 0.5), (0.0003, 0.0015)
#: Those of fades within flicker, whatever the steadiness, and how rare they are: wander bends as
#: fast, and only a fade goes as far.
_FADING_BENDS, _FADES = (0.01, 0.05), 0.02
#: How much a steadiness of 1 multiplies the frames over which wander forgets and swings, and
#: divides the bends and the least flicker.
_SLOWER, _STIFFER, _SURER = 4.0, 10.0, 4.0
#: Odds of flicker before anything is seen: of pictures of one colour, and of colourful ones up to
#: the deviation (stops) of flicker that no daylight is taken for.
_ODDS, _ODDS_IN_COLOUR, _STRONG = 1.0, 0.1, 0.05
#: Squared deviations from which a frame is a step or a burst, and the logarithm of their rareness.
_SURPRISE, _RARENESS = 25.0, -8.0
#: Variances (stops squared) of the first frame's light, and of its slope: standing, and running.
_START, _SLOPES = 10.0, (1e-8, 0.0025)
#: Chance that it stands.
_STANDS = 0.9
#: Deviation (stops) of flicker that is believed by half: where a picture is of one colour, as old
#: film is, and where hues spread over it as much as in `_COLOURFUL`: there changes of 1 or 2 % are
#: most often exposure and daylight.
_FAINT, _FAINT_IN_COLOUR = 0.004, 0.018
_COLOURFUL = (0.05, 0.3)
#: Deviations (stops) of the steps by which daylight walks from frame to frame, in colour.
_DAYLIGHT = (0.0, 0.008, 0.016)
#: Deviations of the flicker that a change must exceed to be a flash.
_FLASH = 3.0
#: Stops by which the mean of light exceeds that of its logarithm, times its variance.
_OF_VARIANCE = LN_2 / 2
#: Frames that must be seen, and chance of flicker up to which nothing is done.
_LEAST_FRAMES, _LEAST_CHANCE = 4, 0.2


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of flicker, whatever its size."""

    white: float  # share of it that is white, as a deviation
    wander: float  # and that wanders
    share: float  # of all kinds, before anything is seen
    memory: float = 0.0  # frames over which wander forgets, at a steadiness of 1/2; 0: never
    period: float = 0.0  # frames of a swing, at a steadiness of 1/2; 0: none
    jumps: float = 0.0  # chance that a frame jumps
    sizes: tuple[float, float] = (0.0, 1.0)  # stops between which it is tried

    def goes_on(self, slower: float) -> tuple[float, float]:
        """Share of the wander that is left a frame later, and that of its quarter turn."""
        if self.memory == 0:
            return 1.0, 0.0
        left = float(elementwise.exp(-1 / (self.memory * slower)))
        if self.period == 0:
            return left, 0.0
        turn = min(2 / (self.period * slower), 1.0)  # half turns a frame
        along, across = elementwise.cos_pi(np.array([turn, 0.5 - turn]))
        return left * float(along), left * float(across)


#: Flicker that fades may lie under, and flicker that is found only in light that hardly bends:
#: what swings in 6 frames or in 12, as cranks do, and what creeps back, for larger it is a fade.
_KINDS = (
    _Kind(1.0, 0.0, 0.25), _Kind(0.6, 0.8, 0.25, 4.0), _Kind(0.2, 0.98, 0.25, 4.0),
)  # fmt: skip
_SLOW = (0.0, 0.12)
_SLOW_KINDS = (
    _Kind(0.1, 0.99, 0.1, 6.0, 6.0, sizes=_SLOW), _Kind(0.1, 0.99, 0.1, 12.0, 12.0, sizes=_SLOW),
    _Kind(0.2, 0.98, 0.05, 12.0, sizes=_SLOW),
    # Light that jumps again and again. A few jumps are lamps, so that it is hardly believed before.
    _Kind(0.005, 1.0, 1e-27, jumps=0.15, sizes=(0.05, 1.0)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LightModel:
    """Light of the centre, as the window tells it."""

    flicker: Array  # (3,) stops by which each channel is too bright
    certainty: float  # 0..1, how far that is believed
    deviation: float  # stops, of the flicker in the window

    @property
    def correction(self) -> Array:
        """Stops that the centre lacks (3,), as far as flicker is sure."""
        return -self.certainty * self.flicker


def light_model(path: LightPath, steadiness: float, keep_above: float) -> LightModel:
    """The model of the light of a window.

    `steadiness` 0..1 says how slow a wander still counts as flicker. What exceeds `keep_above`
    stops, and the flicker, is a flash: meant.
    """
    never_changes = not path.stops.any()
    if never_changes or len(path.stops) < _LEAST_FRAMES:
        return LightModel(np.zeros(3), 0.0, 0.0)
    found = _explained(path, 2 * steadiness - 1, keep_above)
    # What the flicker itself does now and then is no flash, however small the threshold.
    flash = max(keep_above, _FLASH * found.deviation)
    kept = float(soft_step(np.abs(found.flicker).max(), flash))
    return replace(found, certainty=(1 - kept) * found.certainty)


def _explained(path: LightPath, slower: float, keep_above: float) -> LightModel:
    low, high = _COLOURFUL
    colourful = min(max((path.hues - low) / (high - low), 0.0), 1.0)
    hypotheses, prior = _hypotheses(slower, colourful)
    settings = LightSettings(
        surprise=_SURPRISE,
        flash=keep_above * keep_above,
        flashing=_FLASH * _FLASH,
        punishment=_RARENESS,
        start=_START,
        slope=_SLOPES[0],
    )
    explained = [
        explain_light(*path.seen, hypotheses, replace(settings, slope=slope)) for slope in _SLOPES
    ]
    likelihood = np.concatenate([likely for likely, _ in explained])
    meant = np.concatenate([light for _, light in explained])
    prior = np.outer((_STANDS, 1 - _STANDS), prior).ravel()
    hypotheses = np.tile(hypotheses, (len(_SLOPES), 1))
    flickers = hypotheses[:, 2:4].any(axis=1)
    weights = prior * elementwise.exp(likelihood - likelihood.max())
    believed = float(weights[flickers].sum())
    chance = believed / float(weights.sum())  # now that all is seen
    certainty = max(0.0, chance - _LEAST_CHANCE) / (1 - _LEAST_CHANCE)
    if certainty == 0:
        return LightModel(np.zeros(3), 0.0, 0.0)
    shares = weights * flickers / believed
    variance = float((np.square(hypotheses[:, 2:4]).sum(axis=1) * shares).sum())
    flicker = ((path.stops[path.centre] - meant) * shares[:, None]).sum(axis=0)
    flicker -= _OF_VARIANCE * variance
    deviation = float(np.sqrt(variance))
    return LightModel(flicker, certainty * _trust(deviation, slower, colourful), deviation)


def _hypotheses(slower: float, colourful: float) -> tuple[Array, Array]:
    """Explanations (n, 7), as `explain_light` takes them, and their prior (n,)."""
    stiffer = float(elementwise.power(_STIFFER, -slower))
    frames = float(elementwise.power(_SLOWER, slower))
    daylight = colourful * float(elementwise.power(_SURER, -max(slower, 0.0)))
    walks = [daylight * walk for walk in _DAYLIGHT] if daylight > 0 else [0.0]
    quiet = [(walk, bend, *[0.0] * 5) for walk in walks for bend in _FREE_BENDS]
    doubted = _ODDS + colourful * (_ODDS_IN_COLOUR - _ODDS)
    flickering, prior = [], [1 / len(quiet)] * len(quiet)
    stiff = [stiffer * bend for bend in _STIFF_BENDS]
    for bends, kinds, share in (
        (stiff, (*_KINDS, *_SLOW_KINDS), 1 - _FADES),
        (_FADING_BENDS, _KINDS, _FADES),
    ):
        going = [(kind, kind.goes_on(frames)) for kind in kinds]
        for bend, deviation, (kind, goes_on) in product(bends, _FLICKER, going):
            if not kind.sizes[0] <= deviation <= kind.sizes[1]:
                continue
            spread = deviation * kind.white, deviation * kind.wander
            flickering.append((0.0, bend, *spread, *goes_on, kind.jumps))
            odds = _ODDS if deviation > _STRONG else doubted
            prior.append(odds * share * kind.share / (len(bends) * len(_FLICKER)))
    return np.array([*quiet, *flickering]), np.array(prior)


def _trust(deviation: float, slower: float, colourful: float) -> float:
    """How far flicker of a deviation is believed, 0 for faint flicker."""
    faint = _FAINT + colourful * (_FAINT_IN_COLOUR - _FAINT)
    faint *= float(elementwise.power(_SURER, -slower))
    return max(0.0, 1 - float(np.square(np.square(faint / max(deviation, 1e-9)))))
