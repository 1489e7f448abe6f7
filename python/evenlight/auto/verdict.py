# SPDX-License-Identifier: Apache-2.0
"""The verdict on a clip: which damage it has, and how much, from the sights of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..flicker.chunks import joins_of
from ..frames import Array
from .sight import Sight, paths

#: Least flicker that counts, in stops: of light from frame to frame, of colour beside it, of a slow
#: wander, of what differs over the frame.
_JUMP, _COLOUR, _WANDER, _LOCAL = 0.015, 0.015, 0.0075, 0.01
#: Stops from which a frame's light differs over it, and share of the frames of which that holds.
_DIFFERS, _OFTEN = 0.004, 0.4
#: Least stops by which frames laid beside each other differ in bands and in waves; how often what
#: these leave, and the light that is alike over the frame, that must be; and bands over waves.
_BANDS, _WAVES = 0.03, 0.06
_OVER_LEFT, _OVER_ALIKE, _BANDS_OVER_WAVES = (1.5, 1.6), (2.0, 1.0), 4.2
#: How often the noise of the measure light must jump by, and change by where it wanders, and how
#: far it must go then, for noise adds up; and how much of what light does colour must.
_OVER_NOISE, _WANDER_OVER_NOISE, _GOES_OVER_NOISE, _COLOUR_OVER_JUMP = 1.0, 1.45, 3.5, 0.7
#: Stops that light which wanders changes by from frame to frame, as a step or a fade does not.
_GOES_ON = 0.0038
#: Stops that the whole scene takes at a join, or that channels part by: exposure that a camera set
#: anew changes by less, and all channels alike. The same where colour alone tells it, for fast
#: motion feigns some. What may sag before a join, in frames.
_JOIN, _JOIN_COLOUR, _COLOUR_ALONE, _SAG = 0.05, 0.03, 0.08, 4
#: Correlation of light with that of the frame before from which it wanders rather than jumps.
_WANDERS = 0.35
#: Blotches of the middle one of the frames looked at, and of three quarters of them at least.
_BLOTCHES, _BLOTCHES_OFTEN = 2.0, 1.0
#: Share of frames that are shown again from which they are told, and up to which: beyond it the
#: picture stands still; and combing.
_HELD, _STILL, _COMBS = 0.2, 0.85, 1.25
#: Unsteadiness (% of the height) and a border (share of the frame) that are told.
_WEAVES, _BORDER = 0.3, 0.02
#: Frames of a path of light for each degree of the trend that is taken for meant; and of a finer
#: one, which leaves less than this share of a wander only where light goes one slow way.
_TREND, _FINE_TREND, _KEPT = 24, 10, 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """Damage by its amount, 0 for none."""

    jump: float  # stops of light from frame to frame
    colour: float  # the same of colour alone
    wander: float  # stops of a slow wander
    noise: float  # stops with which light was measured from frame to frame
    local: float  # stops by which light differs over the frame, not in bands
    bands: float  # the same in bands
    along_columns: bool  # whether those stand upright
    rolls: bool  # whether they roll too slowly for the repair to see them as it is by default
    joins: int
    blotches: float  # of a frame
    cuts: int
    is_held: bool
    is_combed: bool
    weave: float
    has_borders: bool

    @property
    def flickers(self) -> bool:
        """Whether light is to be evened out at all."""
        return bool(self.jump or self.colour or self.wander or self.differs or self.joins)

    @property
    def differs(self) -> bool:
        """Whether flicker differs over the frame."""
        return bool(self.local or self.bands)

    @property
    def kind(self) -> str:
        """One name for all of it: "clean", of light, "dirt", or "flicker and dirt"."""
        if not self.kinds:
            return "clean"
        return "flicker and dirt" if self.blotches and self.flickers else self.kinds[0]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the damage, the one that asks for most first; none for a clean clip."""
        found = [
            ("bands", self.bands),
            ("local flicker", self.local),
            ("joins", self.joins),
            ("colour flicker", self.colour),
            ("wander", self.wander),
            ("flicker", self.jump),
            ("dirt", self.blotches),
        ]
        return tuple(name for name, amount in found if amount)


def verdict(sights: Sequence[Sight]) -> Verdict:
    """The verdict on all runs of a clip."""
    walks = [path for path in paths(list(sights)) if len(path) >= 6]
    joins = [_joins(path) for path in walks]
    light = _light([_without(path, at) for path, at in zip(walks, joins, strict=True)])
    noise = _middle([one.noise for one in sights])
    goes_on = light.jump >= max(_GOES_ON, _WANDER_OVER_NOISE * noise)
    swings = light.alike > _WANDERS and light.swings >= _KEPT * light.wander
    wanders = goes_on and swings and light.wander >= max(_WANDER, _GOES_OVER_NOISE * noise)
    has_colour = light.colour >= max(_COLOUR, _COLOUR_OVER_JUMP * light.jump)
    jumps = light.jump >= max(_JUMP, _OVER_NOISE * noise)
    local, bands, along_columns, rolls = _over_the_frame(sights)
    frames = max(1, sum(one.frames for one in sights))
    counts = [value for one in sights for value in one.blotches]
    is_dirty = bool(counts) and float(np.quantile(counts, 0.25)) >= _BLOTCHES_OFTEN
    return Verdict(
        jump=light.jump if jumps and not has_colour and not wanders else 0.0,
        colour=light.colour if has_colour else 0.0,
        wander=light.wander if wanders and not has_colour else 0.0,
        noise=noise,
        local=local,
        bands=bands,
        along_columns=along_columns,
        rolls=rolls,
        # Between joins light is calm.
        joins=0 if jumps or wanders else sum(map(len, joins)),
        blotches=_told(_middle(counts), _BLOTCHES) if is_dirty else 0.0,
        cuts=sum(one.cuts for one in sights),
        is_held=_HELD < sum(one.held for one in sights) / frames < _STILL,
        is_combed=float(np.median([one.combing for one in sights])) > _COMBS,
        weave=_told(float(np.median([one.weave for one in sights])), _WEAVES),
        has_borders=bool(np.min([one.borders for one in sights], axis=0).max() > _BORDER),
    )


def _over_the_frame(sights: Sequence[Sight]) -> tuple[float, float, bool, bool]:
    """Stops by which light differs over the frame, in no bands and in bands.

    Then whether bands lie along columns, and whether they roll too slowly to be steady. Steady ones
    are measured best by the repair's own field; beside their neighbours alone frames show all.
    """
    local, rows, columns = (
        _lasting([value for one in sights for value in getattr(one, name)])
        for name in ("local", "rows", "columns")
    )
    if max(rows, columns) >= max(_LOCAL, local):
        return 0.0, max(rows, columns), columns > rows, False
    beside = np.array([row for one in sights for row in one.beside]).reshape(-1, 2, 4)
    ways = np.median(beside, axis=0) if len(beside) else np.zeros((2, 4))
    along = int(ways[1, 2] * ways[0, 3] > ways[0, 2] * ways[1, 3])
    alike, waves, bands, left = ways[along]
    if bands >= max(
        _BANDS, _OVER_LEFT[0] * left, _OVER_ALIKE[0] * alike, _BANDS_OVER_WAVES * waves
    ):
        return 0.0, float(bands), bool(along), True
    if local < _LOCAL and waves >= max(_WAVES, _OVER_LEFT[1] * left, _OVER_ALIKE[1] * alike):
        local = float(waves)
    return _told(local, _LOCAL), 0.0, False, False


def _middle(values: list[float]) -> float:
    return float(np.median(values)) if values else 0.0


def _lasting(values: list[float]) -> float:
    """The mean of what most frames show; 0 where single frames do."""
    seen = np.array(values)
    often = len(seen) > 0 and float((seen > _DIFFERS).mean()) >= _OFTEN
    return float(seen.mean()) if often else 0.0


def _told(amount: float, least: float) -> float:
    return amount if amount >= least else 0.0


def _joins(path: Array) -> list[int]:
    """Places of a path at which chunks begin, by light of the whole scene or by colour alone."""
    gains, shared = path[:, 3:6], path[:, 6:9]
    hues = gains - gains.mean(axis=1, keepdims=True)
    parted, taken = np.ptp(gains, axis=1), np.abs(shared).max(axis=1)
    lit = [i for i in joins_of(gains, shared) if parted[i] >= _JOIN_COLOUR or taken[i] >= _JOIN]
    return sorted({*lit, *(i for i in joins_of(hues, hues) if parted[i] >= _COLOUR_ALONE)})


def _without(path: Array, joins: Sequence[int]) -> Array:
    """The path with its usual step in the place of those at and before joins."""
    calm = path.copy()
    for place in joins:
        calm[max(0, place + 1 - _SAG) : place + 1] = np.median(path, axis=0)
    return calm


@dataclass(frozen=True, slots=True)
class _Light:
    """Stops by which light moves in the middle of all runs."""

    jump: float  # from frame to frame
    colour: float  # of a channel beside the others
    wander: float  # about its trend
    swings: float  # and about a finer one
    alike: float  # correlation of what is beside the trend with that of the next frame


def _light(walks: Sequence[Array]) -> _Light:
    if not walks:
        return _Light(0.0, 0.0, 0.0, 0.0, 0.0)
    lights = [path[:, :3].mean(axis=1) for path in walks]
    jump = _deviation(np.concatenate([np.diff(light) for light in lights]))
    hues = [path[:, :3] - path[:, :3].mean(axis=1, keepdims=True) for path in walks]
    bends = np.concatenate([np.diff(hue, axis=0) for hue in hues])
    colour = max(_deviation(bends[:, channel]) for channel in range(3))
    ways = [np.cumsum(light) for light in lights]
    strays, fine = ([_stray(way, each) for way in ways] for each in (_TREND, _FINE_TREND))
    alike = sum(float((stray[1:] * stray[:-1]).sum()) for stray in strays)
    energy = sum(float(np.square(stray).sum()) for stray in strays)
    return _Light(jump, colour, _size(strays), _size(fine), alike / max(energy, 1e-12))


def _size(strays: Sequence[Array]) -> float:
    return float(np.sqrt(np.mean(np.square(np.concatenate(strays)))))


def _deviation(bends: Array) -> float:
    """Robust deviation of light whose second differences are these."""
    return float(np.median(np.abs(bends)) * 1.4826 / np.sqrt(6)) if len(bends) else 0.0


def _stray(path: Array, frames: int) -> Array:
    """The part of a path of light that is no trend, one of a degree for so many `frames`."""
    times = np.linspace(-1, 1, len(path))
    terms = np.polynomial.legendre.legvander(times, max(1, round(len(path) / frames)))
    found, *_ = np.linalg.lstsq(terms, path, rcond=None)
    return np.asarray(path - terms @ found)
