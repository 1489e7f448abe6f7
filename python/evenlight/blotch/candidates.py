# SPDX-License-Identifier: Apache-2.0
"""Candidates: connected pieces of a frame that may be blotches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..frames import Array
from ..inference.networks import Networks
from ..kernels import opencv
from .box import Box
from .differences import DifferenceMaps
from .features import (
    CONTRAST,
    LIKELY,
    LIKENESS,
    NAMES,
    UNEXPLAINED,
    Pieces,
    Scene,
    features_of,
    likeness,
    scene_of,
)
from .network import probability

#: Difference to both neighbours (display value) that a blotch must reach somewhere, at most; in
#: quieter parts of a picture less is enough, so many times what its pixels must have.
SEED, _SEED_OF_GROWN = 15 / 255, 1.8
#: Pixels of the looked-at picture that a candidate has at least; and candidates that are looked at
#: in one frame at most, those with the most to see first.
LEAST_AREA, MOST = 4, 300
#: What the network takes for a blotch may be a candidate inside a larger one, if it is less than
#: this share of it.
_MERGED = 0.8
_LEAST_INNER = 24  # pixels
#: So may be what differs by less than this (display value) from the darkest or brightest share of
#: its pixels.
_FLAT, _EXTREME = 0.08, 0.1
#: Share of a candidate that no motion explains up to which nothing else is tried to explain it.
_EXPLAINED = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """One connected piece of a frame that may be a blotch."""

    box: Box  # in the looked-at picture
    mask: Array  # of the box's shape, bool
    dark: bool
    area: int
    contrast: float  # mean |difference to the fill|, display value
    features: Array  # (len(NAMES),) float64
    odds: float = np.inf  # log odds that it is a blotch
    #: Whether the user wants it repaired, and how much farther its matte then reaches (pixels of a
    #: frame 1080 high).
    accepted: bool = False
    grow: float = 0.0

    @property
    def named(self) -> bool:
        """Whether the user named it, so that it is repaired whatever it looks like."""
        return self.contrast == 0 or self.accepted


def candidates(
    evidence: DifferenceMaps, neighbours: tuple[Array, ...], networks: Networks
) -> list[Candidate]:
    """All candidates of a frame; `neighbours` are two lumas or more in its light, nearest first.

    Where a blotch runs into something that moves, the two are one candidate; what the network
    takes for the blotch of it is another, and so is what has its level.
    """
    scene = scene_of(evidence, neighbours, probability(evidence, networks))
    return [one for sign in (-1.0, 1.0) for one in _of_one_sign(scene, sign)]


def _of_one_sign(scene: Scene, sign: float) -> list[Candidate]:
    evidence, likely = scene.evidence, scene.likely
    ahead, again = sign * evidence.bridged, sign * evidence.reestimated
    grown, least = np.maximum(ahead, again) > scene.grown, np.minimum(ahead, again)
    seeds = least > np.minimum(_SEED_OF_GROWN * scene.grown, SEED)
    seeds |= grown & (likely > LIKELY)
    wholes = _pieces(grown, seeds, least)
    likelier = _pieces(grown & (likely > LIKELY), seeds, least, wholes)
    flatter = _pieces(_flat(evidence.luma, wholes.labels, sign), seeds, least, wholes)
    return [
        one for pieces in (wholes, likelier, flatter) for one in _candidates(scene, pieces, sign)
    ]


def _flat(luma: Array, labels: Array, sign: float) -> Array:
    """Which pixels (h, w) bool of each label are about as dark, or as bright, as its extreme is."""
    at = np.flatnonzero(labels > 0)
    own, values = labels.ravel()[at], sign * luma.ravel()[at]
    order = np.lexsort((values, own))
    sizes = np.bincount(own)
    extreme = np.cumsum(sizes) - 1 - (_EXTREME * sizes).astype(int)
    flat = np.zeros(labels.size, bool)
    if len(at):
        flat[at] = np.abs(values - values[order[np.maximum(extreme, 0)]][own]) < _FLAT
    return flat.reshape(labels.shape)


def _pieces(mask: Array, seeds: Array, least: Array, wholes: Pieces | None = None) -> Pieces:
    """Connected pieces of a mask (h, w) bool that hold a seed; all, or those far from `wholes`.

    `least` (h, w) is the difference that says how much of each is to be seen.
    """
    count, labels, statistics, _ = opencv.connectedComponentsWithStats(mask.astype(np.uint8))
    wanted = np.zeros(count, bool)
    wanted[labels[seeds]] = True
    wanted[0] = False
    areas = statistics[:, opencv.CC_STAT_AREA]
    wanted &= areas >= (LEAST_AREA if wholes is None else _LEAST_INNER)
    if wholes is not None:
        around, at = np.zeros(count, int), np.flatnonzero(mask)
        areas_around = np.append(0, wholes.statistics[:, opencv.CC_STAT_AREA])
        around[labels.ravel()[at]] = areas_around[wholes.labels.ravel()[at]]
        wanted &= areas < _MERGED * around
    chosen = np.flatnonzero(wanted)
    if len(chosen) > MOST:
        visible = np.bincount(labels.ravel(), np.maximum(least, 0).ravel(), minlength=count)
        chosen = np.sort(chosen[np.argsort(-visible[chosen], kind="stable")][:MOST])
    if not len(chosen):
        return Pieces(np.zeros(labels.shape, np.uint16), statistics[chosen], wholes is not None)
    numbers = np.zeros(count, np.uint16)
    numbers[chosen] = np.arange(1, len(chosen) + 1)
    return Pieces(numbers[labels], statistics[chosen], wholes is not None)


def _candidates(scene: Scene, pieces: Pieces, sign: float) -> list[Candidate]:
    if not len(pieces.statistics):
        return []
    features, luma = features_of(scene, pieces, sign), scene.evidence.luma
    found = []
    for number, (left, top, width, height, area) in enumerate(pieces.statistics.tolist()):
        box = Box(top, left, top + height, left + width)
        mask = pieces.labels[box.part] == number + 1
        contrast = float(features[number, CONTRAST])
        features[number, LIKENESS] = 0.0
        if features[number, UNEXPLAINED] > _EXPLAINED:
            features[number, LIKENESS] = likeness(luma, scene.neighbours, box, contrast)
        found.append(Candidate(box, mask, sign < 0, area, contrast, features[number]))
    return found


def whole(mask: Array) -> list[Candidate]:
    """The pieces of a mask (h, w) bool that is to be repaired as it is."""
    count, labels, statistics, _ = opencv.connectedComponentsWithStats(mask.astype(np.uint8))
    pieces = []
    for label in range(1, count):
        left, top, width, height, area = statistics[label].tolist()
        box = Box(top, left, top + height, left + width)
        inner = labels[box.part] == label
        pieces.append(Candidate(box, inner, True, area, 0.0, np.zeros(len(NAMES))))
    return pieces
