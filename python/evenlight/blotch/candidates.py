# SPDX-License-Identifier: Apache-2.0
"""From evidence to candidate blotches, each with the features that it is scored by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.luma import QUIET
from ..frames import Array
from ..inference.networks import Networks
from ..kernels import elementwise, opencv
from .differences import DifferenceMaps
from .network import probability

#: Difference to both neighbours (display value) that a blotch must reach somewhere, and that its
#: pixels must all have.
SEED, GROWN = 15 / 255, 8 / 255
#: Pixels of the looked-at picture that a candidate has at least; and candidates that are looked at
#: in one frame at most, the largest first.
LEAST_AREA, MOST = 4, 300
#: What the network finds likelier than this may be a candidate inside a larger one, if it is less
#: than this share of it.
_LIKELY, _MERGED = 0.5, 0.8
_LEAST_INNER = 24  # pixels
#: So may be what differs by less than this (display value) from the darkest or brightest share of
#: its pixels.
_FLAT, _EXTREME = 0.08, 0.1
_RING = 4  # width in pixels of what is taken for a candidate's surroundings
_SEARCH = 12  # reach in pixels of the search for a candidate's likeness
_LONGEST_PATCH = 64  # pixels of a side; larger ones are not searched for
_QUIET = float(QUIET)  # of contrast
_ONE = np.ones((3, 3), np.uint8)

#: What a candidate is scored by, in the order of the features.
NAMES = (
    "log_area", "log_side", "filling", "rim_share", "border",
    "contrast", "contrast_spread", "flatness", "fill_flatness", "least_difference",
    "disagreement", "ring_difference", "ring_texture", "edge", "fill_edge",
    "inconsistency", "ring_inconsistency", "bend", "ring_bend", "ring_speed",
    "direct_share", "middle_share", "bridged_share", "again_share", "far_share",
    "level", "fill_level", "likeness_worst", "likeness_best", "crowding", "unrest", "one_sided",
    "network", "network_share", "ring_network", "inner",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One connected piece of a frame that may be a blotch."""

    box: tuple[int, int, int, int]  # top, left, bottom, right, in the looked-at picture
    mask: Array  # (bottom - top, right - left) bool
    dark: bool
    area: int
    contrast: float  # mean |difference to the fill|, display value
    features: Array  # (len(NAMES),) float64


def candidates(
    evidence: DifferenceMaps, neighbours: tuple[Array, Array], networks: Networks
) -> list[Candidate]:
    """All candidates of a frame; `neighbours` are the two lumas in its light.

    Where a blotch runs into something that moves, the two are one candidate; what the network
    takes for the blotch of it is another, and so is what has its level.
    """
    scene = _Scene(
        evidence,
        neighbours,
        probability(evidence, neighbours, networks),
        _edges(evidence.luma),
        _edges(evidence.fill),
    )
    return [one for sign in (-1.0, 1.0) for one in _of_one_sign(scene, sign)]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Maps that candidates of either sign are measured by."""

    evidence: DifferenceMaps
    neighbours: tuple[Array, Array]
    likely: Array  # (h, w), as the network says
    edges: Array  # (h, w) of the frame
    fill_edges: Array


def _of_one_sign(scene: _Scene, sign: float) -> list[Candidate]:
    evidence, likely = scene.evidence, scene.likely
    ahead, again = sign * evidence.bridged, sign * evidence.reestimated
    grown, seeds = np.maximum(ahead, again) > GROWN, np.minimum(ahead, again) > SEED
    wholes = _pieces(grown, seeds)
    likelier = _pieces(grown & (likely > _LIKELY), seeds, wholes)
    flatter = _pieces(_flat(evidence.luma, wholes.labels, sign), seeds, wholes)
    return [
        one for pieces in (wholes, likelier, flatter) for one in _candidates(scene, pieces, sign)
    ]


def _flat(luma: Array, labels: Array, sign: float) -> Array:
    """Which pixels (h, w) bool of each label are about as dark, or as bright, as its extreme is."""
    at = np.flatnonzero(labels)
    own, values = labels.ravel()[at], sign * luma.ravel()[at]
    order = np.lexsort((values, own))
    sizes = np.bincount(own)
    extreme = np.cumsum(sizes) - 1 - (_EXTREME * sizes).astype(int)
    flat = np.zeros(labels.size, bool)
    if len(at):
        flat[at] = np.abs(values - values[order[np.maximum(extreme, 0)]][own]) < _FLAT
    return flat.reshape(labels.shape)


@dataclass(frozen=True, slots=True)
class _Pieces:
    labels: Array  # (h, w) uint16, 0 outside
    statistics: Array  # (n, 5) OpenCV's, of label i + 1
    inner: bool  # of larger ones


def _pieces(mask: Array, seeds: Array, wholes: _Pieces | None = None) -> _Pieces:
    """Connected pieces of a mask (h, w) bool that hold a seed; all, or those far from `wholes`."""
    count, labels, statistics, _ = opencv.connectedComponentsWithStats(mask.astype(np.uint8))
    wanted = np.zeros(count, bool)
    wanted[labels[seeds]] = True
    wanted[0] = False
    areas = statistics[:, opencv.CC_STAT_AREA]
    wanted &= areas >= (LEAST_AREA if wholes is None else _LEAST_INNER)
    if wholes is not None:
        around, at = np.zeros(count, int), np.flatnonzero(labels)
        areas_around = np.append(0, wholes.statistics[:, opencv.CC_STAT_AREA])
        around[labels.ravel()[at]] = areas_around[wholes.labels.ravel()[at]]
        wanted &= areas < _MERGED * around
    chosen = np.flatnonzero(wanted)
    chosen = np.sort(chosen[np.argsort(-areas[chosen], kind="stable")][:MOST])
    if not len(chosen):
        return _Pieces(np.zeros(labels.shape, np.uint16), statistics[chosen], wholes is not None)
    numbers = np.zeros(count, np.uint16)
    numbers[chosen] = np.arange(1, len(chosen) + 1)
    return _Pieces(numbers[labels], statistics[chosen], wholes is not None)


def _candidates(scene: _Scene, pieces: _Pieces, sign: float) -> list[Candidate]:
    if not len(pieces.statistics):
        return []
    features, luma = _features(scene, pieces, sign), scene.evidence.luma
    found = []
    for number, (left, top, width, height, area) in enumerate(pieces.statistics.tolist()):
        box = top, left, top + height, left + width
        mask = pieces.labels[top : top + height, left : left + width] == number + 1
        contrast = float(features[number, _CONTRAST])
        features[number, _LIKENESS] = _likeness(luma, scene.neighbours, box, contrast)
        found.append(Candidate(box, mask, sign < 0, area, contrast, features[number]))
    return found


_CONTRAST = NAMES.index("contrast")
_LIKENESS = [NAMES.index("likeness_worst"), NAMES.index("likeness_best")]


class _Means:
    """Means of pictures over the pixels of each label."""

    def __init__(self, labels: Array, count: int) -> None:
        self._at = np.flatnonzero(labels)
        self._labels = labels.ravel()[self._at] - 1
        self._count = count
        self.sizes = np.bincount(self._labels, minlength=count).astype(float)

    def of(self, picture: Array) -> Array:
        """The mean over each label (count,), 0 where it has no pixel."""
        values = picture.ravel()[self._at].astype(float)
        sums = np.bincount(self._labels, values, minlength=self._count)
        return sums / np.maximum(self.sizes, 1)

    def deviation(self, picture: Array) -> Array:
        """The deviation over each label (count,)."""
        return np.sqrt(np.maximum(self.of(np.square(picture)) - np.square(self.of(picture)), 0))


def _features(scene: _Scene, pieces: _Pieces, sign: float) -> Array:
    evidence, likely = scene.evidence, scene.likely
    labels, statistics = pieces.labels, pieces.statistics
    count = len(statistics)
    near = opencv.dilate(labels, _ONE)
    wide = opencv.dilate(near, np.ones((2 * _RING - 1, 2 * _RING - 1), np.uint8))
    core = opencv.erode((labels > 0).astype(np.uint8), _ONE)
    inside = _Means(labels, count)
    ring = _Means(np.where(near > 0, 0, wide), count)
    rim = _Means(np.where(core > 0, 0, near), count)
    luma, fill = evidence.luma, evidence.fill
    difference = sign * (luma - fill)
    contrast = inside.of(np.abs(difference))
    per = contrast + _QUIET
    least = np.minimum(np.abs(evidence.bridged), np.abs(evidence.reestimated))
    unsure, bend = np.minimum(evidence.inconsistency, 8), np.minimum(evidence.bend, 16)
    left, top, width, height, area = statistics.T
    rows, columns = luma.shape
    border = (top == 0) | (left == 0) | (top + height == rows) | (left + width == columns)
    by_name = {
        "log_area": elementwise.log(area),
        "log_side": elementwise.log(np.maximum(width, height)),
        "filling": area / (width * height),
        "rim_share": rim.sizes / area,
        "border": border,
        "contrast": contrast,
        "contrast_spread": inside.deviation(difference) / per,
        "flatness": inside.deviation(luma) / per,
        "fill_flatness": inside.deviation(fill) / per,
        "least_difference": inside.of(least) / per,
        "disagreement": inside.of(evidence.disagreement) / per,
        "ring_difference": ring.of(np.abs(difference)) / per,
        "ring_texture": ring.deviation(luma) / per,
        "edge": rim.of(scene.edges) / per,
        "fill_edge": rim.of(scene.fill_edges) / per,
        "inconsistency": inside.of(unsure),
        "ring_inconsistency": ring.of(unsure),
        "bend": inside.of(bend),
        "ring_bend": ring.of(bend),
        "ring_speed": elementwise.log1p(ring.of(evidence.speed)),
        "direct_share": inside.of(sign * evidence.initial > GROWN),
        "middle_share": inside.of(sign * evidence.interpolated > GROWN),
        "bridged_share": inside.of(sign * evidence.bridged > GROWN),
        "again_share": inside.of(sign * evidence.reestimated > GROWN),
        "far_share": inside.of(sign * evidence.two_frames_away > GROWN),
        "level": inside.of(luma),
        "fill_level": inside.of(fill),
        "likeness_worst": np.ones(count),  # filled in by candidate
        "likeness_best": np.ones(count),
        "crowding": np.full(count, elementwise.log(evidence.candidates.mean() + 1e-4)),
        "unrest": np.full(count, unsure.mean()),
        "network": inside.of(likely),
        "network_share": inside.of(likely > _LIKELY),
        "ring_network": ring.of(likely),
        "inner": np.full(count, float(pieces.inner)),
        "one_sided": np.full(count, 0.0 if evidence.opposite else 1.0),
    }
    return np.stack([np.asarray(by_name[name], float) for name in NAMES], axis=1)


def _edges(picture: Array) -> Array:
    across, down = (opencv.Sobel(picture, opencv.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    return np.asarray(elementwise.hypot(across, down) / np.float32(8))


def whole(mask: Array) -> list[Candidate]:
    """The pieces of a mask (h, w) bool that is to be repaired as it is."""
    count, labels, statistics, _ = opencv.connectedComponentsWithStats(mask.astype(np.uint8))
    pieces = []
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in statistics[label])
        box = top, left, top + height, left + width
        inner = labels[top : top + height, left : left + width] == label
        pieces.append(Candidate(box, inner, True, area, 0.0, np.zeros(len(NAMES))))
    return pieces


def _likeness(
    luma: Array, neighbours: tuple[Array, Array], box: tuple[int, int, int, int], contrast: float
) -> tuple[float, float]:
    """How near the likest patch around comes, in either neighbour: the worse and the better one.

    What moves fast is found there again; a blotch is not.
    """
    top, left, bottom, right = _padded(box, luma.shape, 2)
    if max(bottom - top, right - left) > _LONGEST_PATCH:
        return 1.0, 1.0
    patch = luma[top:bottom, left:right]
    off = []
    for picture in neighbours:
        y0, x0, y1, x1 = _padded((top, left, bottom, right), luma.shape, _SEARCH)
        distance = opencv.matchTemplate(picture[y0:y1, x0:x1], patch, opencv.TM_SQDIFF)
        deviation = np.sqrt(max(float(distance.min()), 0.0) / patch.size)
        off.append(min(deviation / (contrast + _QUIET), 2.0))
    return max(off), min(off)


def _padded(
    box: tuple[int, int, int, int], shape: tuple[int, ...], by: int
) -> tuple[int, int, int, int]:
    top, left, bottom, right = box
    return (
        max(top - by, 0),
        max(left - by, 0),
        min(bottom + by, shape[0]),
        min(right + by, shape[1]),
    )
