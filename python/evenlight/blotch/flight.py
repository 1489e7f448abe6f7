# SPDX-License-Identifier: Apache-2.0
"""Flight: what falls or flies past is there in every frame, farther on; dirt is there in one.

A piece may tumble and change too much to be known again. But many that fly make tracks: one like
it lies as far behind in the frame before as another does ahead in the next. Dirt makes such tracks
by chance alone, and how many, the same frames say when one of them is mirrored. A single track
tells only where so few lie around that chance makes next to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..kernels import elementwise
from .candidates import Candidate

#: Pixels of the preview that a piece flies from frame to frame at most; and a large one, of so many
#: pixels, of which so few lie about that a single track tells.
_FARTHEST, _LARGE_FARTHEST, _LARGE = 60.0, 130.0, 200
#: Area and contrast of two pieces that may be one are so many times those of the other at most.
_AREA, _CONTRAST = 2.2, 2.0
#: Tracks bend so many pixels at most, and so much of their length more: those of few things that
#: tumble, and those of a shower.
_BENDS = ((4.0, 0.2), (1.0, 0.0))
#: Tracks from which things fly, and how many more than by chance, in deviations of that number.
_LEAST, _DEVIATIONS, _FEWEST = 3, 4.0, 0.4
#: Tracks through one place that chance makes, up to which a single one tells.
_ALONE = 0.01
#: Log odds from which a blotch is one even where things fly.
_BEYOND_DOUBT = 8.0
#: Mirrors of a frame: rows, columns, both.
_MIRRORS = ((False, True), (True, False), (True, True))


@dataclass(frozen=True, slots=True)
class Pieces:
    """Blotches of one frame, as far as tracks need them."""

    places: Array  # (n, 2) of their middles, x then y, in pixels of the preview
    areas: Array  # (n,)
    contrasts: Array  # (n,), negative for dark ones

    def like(self, area: float, contrast: float) -> Array:
        """Places (m, 2) of those that may be a piece of such area and contrast."""
        larger = np.maximum(self.areas, area) <= _AREA * np.minimum(self.areas, area)
        ratio = self.contrasts / contrast
        return self.places[larger & (ratio <= _CONTRAST) & (ratio >= 1 / _CONTRAST)]

    def of(self, which: Array) -> Pieces:
        """Some (n,) bool of them."""
        return Pieces(self.places[which], self.areas[which], self.contrasts[which])

    def mirrored(self, shape: tuple[int, ...], *, rows: bool, columns: bool) -> Pieces:
        """The same in a frame (h, w) turned over."""
        places = self.places.copy()
        if columns:
            places[:, 0] = shape[1] - 1 - places[:, 0]
        if rows:
            places[:, 1] = shape[0] - 1 - places[:, 1]
        return Pieces(places, self.areas, self.contrasts)


def pieces_of(blotches: Sequence[Candidate]) -> Pieces:
    """Pieces of the blotches of a frame."""
    return Pieces(
        np.array([_middle(one) for one in blotches]).reshape(-1, 2),
        np.array([one.area for one in blotches], float),
        np.array([-one.contrast if one.dark else one.contrast for one in blotches]),
    )


def flies(
    blotches: Sequence[Candidate], beside: tuple[Pieces, Pieces], flows: Sequence[Array]
) -> list[bool]:
    """Which blotches may be things in flight: all of a polarity of which many make tracks, and each
    whose track can be no chance.

    `beside` are the pieces of the frames before and after, `flows` (h, w, 2) those to them.
    """
    own, shape = pieces_of(blotches), flows[0].shape
    moves = [np.array([_at(flow, one) for one in blotches]).reshape(-1, 2) for flow in flows]
    before, after = beside
    mirrored = [after.mirrored(shape, rows=r, columns=c) for r, c in _MIRRORS]
    bends = _bends(own, (before, after), moves)
    by_chance = [_bends(own, (before, one), moves) for one in mirrored]
    sign, chances = np.sign(own.contrasts), _chances(own, (before, after), moves, shape)
    flying = (bends[:, 0] <= 0) & (chances[:, 0] < _ALONE)
    large = own.areas >= _LARGE
    flying[large] |= _fly_far(own.of(large), (before, after), [one[large] for one in moves], shape)
    for s in (-1, 1):
        usual = np.minimum(chances[sign == s], 1).sum(axis=0)
        if _are_many(bends[sign == s], [b[sign == s] for b in by_chance], usual):
            flying |= sign == s
    return [
        bool(does) and not one.named and one.odds < _BEYOND_DOUBT
        for one, does in zip(blotches, flying, strict=True)
    ]


def _fly_far(
    own: Pieces, beside: tuple[Pieces, Pieces], moves: Sequence[Array], shape: tuple[int, ...]
) -> Array:
    """Which (n,) of large pieces have a long track that can be no chance."""
    bends = _bends(own, beside, moves, _LARGE_FARTHEST)
    chances = _chances(own, beside, moves, shape, _LARGE_FARTHEST)
    return np.asarray((bends[:, 0] <= 0) & (chances[:, 0] < _ALONE))


def _are_many(bends: Array, by_chance: Sequence[Array], usual: Array) -> bool:
    """Whether there are more tracks than chance makes, by their bends (n, kinds).

    Chance makes as many as mirrored frames show, and no fewer than are `usual` (kinds,) for as many
    pieces.
    """
    found = (bends <= 0).sum(axis=0)
    chance = np.max([(one <= 0).sum(axis=0) for one in by_chance], axis=0)
    chance = np.maximum(chance, usual)
    limit = np.maximum(_LEAST, chance + _DEVIATIONS * np.sqrt(chance + _FEWEST))
    return bool((found >= limit).any())


def _bends(
    own: Pieces,
    beside: tuple[Pieces, Pieces],
    moves: Sequence[Array],
    farthest: float = _FARTHEST,
) -> Array:
    """How much the straightest track through each piece bends more than those of each kind may.

    (n, len(_BENDS)), infinite where there is none; `moves` (n, 2) lead to either side.
    """
    bends = np.full((len(own.areas), len(_BENDS)), np.inf)
    for i, (back, ahead) in enumerate(_steps(own, beside, moves, farthest)):
        bend, length = _length(back[:, None] + ahead[None]), _length(back)[:, None]
        for kind, (most, of_length) in enumerate(_BENDS):
            bends[i, kind] = (bend - most - of_length * length).min(initial=np.inf)
    return bends


def _chances(
    own: Pieces,
    beside: tuple[Pieces, Pieces],
    moves: Sequence[Array],
    shape: tuple[int, ...],
    farthest: float = _FARTHEST,
) -> Array:
    """Tracks of each kind (n, kinds) through each piece, if those like it lay anywhere ahead."""
    chances = np.zeros((len(own.areas), len(_BENDS)))
    for i, (back, _) in enumerate(_steps(own, beside, moves, farthest)):
        ahead = len(beside[1].like(own.areas[i], own.contrasts[i])) if len(back) else 0
        for kind, (most, of_length) in enumerate(_BENDS):
            reach = float(np.square(most + of_length * _length(back)).sum())
            chances[i, kind] = ahead * np.pi * reach / (shape[0] * shape[1])
    return chances


def _steps(
    own: Pieces, beside: tuple[Pieces, Pieces], moves: Sequence[Array], farthest: float
) -> list[tuple[Array, Array]]:
    """Steps (m, 2), against the picture, from each piece to those like it before and after."""
    steps = []
    for i, (place, area, contrast) in enumerate(
        zip(own.places, own.areas, own.contrasts, strict=True)
    ):
        if contrast == 0:
            steps.append((np.empty((0, 2)), np.empty((0, 2))))
            continue
        back, ahead = (
            side.like(area, contrast) - place - move[i]
            for side, move in zip(beside, moves, strict=True)
        )
        steps.append((back[_length(back) <= farthest], ahead[_length(ahead) <= farthest]))
    return steps


def _length(steps: Array) -> Array:
    return np.asarray(elementwise.hypot(steps[..., 0], steps[..., 1]))


def _middle(one: Candidate) -> tuple[float, float]:
    rows, columns = np.nonzero(one.mask)
    return one.box.left + float(columns.mean()), one.box.top + float(rows.mean())


def _at(flow: Array, one: Candidate) -> Array:
    """The middle flow (2,) of a blotch's box."""
    return np.asarray(np.median(flow[one.box.part].reshape(-1, 2), axis=0))
