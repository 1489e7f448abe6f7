# SPDX-License-Identifier: Apache-2.0
"""Features of candidate blotches, by which they are scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..colour.luma import QUIET
from ..frames import Array
from ..kernels import elementwise, opencv
from .box import Box
from .differences import DifferenceMaps

#: Difference to both neighbours (display value) that all pixels of a blotch must have at most; in
#: quieter parts of a picture less is enough, by its noise, down to a least.
GROWN = 8 / 255
_GROWN_OF_NOISE, _LEAST_GROWN = 2.5, 3.5 / 255
#: Probability from which the network takes a pixel for one of a blotch.
LIKELY = 0.5
_RING = 4  # width in pixels of what is taken for a candidate's surroundings
#: Reach in pixels of the search for a candidate's likeness in the frames beside it, and beyond.
_SEARCH, _SEARCH_BEYOND = 12, 20
_LONGEST_PATCH = 64  # pixels of a side; larger ones are not searched for
_QUIET = float(QUIET)  # of contrast
_ONE = np.ones((3, 3), np.uint8)

#: Names of the features, in their order.
NAMES = (
    "log_area", "log_side", "filling", "rim_share", "border",
    "contrast", "contrast_spread", "flatness", "fill_flatness", "least_difference",
    "disagreement", "ring_difference", "ring_texture", "edge", "fill_edge",
    "inconsistency", "ring_inconsistency", "bend", "ring_bend", "ring_speed",
    "direct_share", "middle_share", "bridged_share", "again_share", "far_share",
    "level", "fill_level", "likeness_worst", "likeness_best", "crowding", "unrest", "one_sided",
    "network", "network_share", "ring_network", "inner",
    "unexplained", "unexplained_share", "noise", "clearness", "stands_out", "fill_stands_out",
    "beyond_least", "beyond_most", "likeness_beyond", "likeness_turn",
)  # fmt: skip
CONTRAST = NAMES.index("contrast")
_LIKENESSES = ("likeness_worst", "likeness_best", "likeness_beyond", "likeness_turn")
LIKENESS = [NAMES.index(name) for name in _LIKENESSES]
UNEXPLAINED = NAMES.index("unexplained_share")


@dataclass(frozen=True, slots=True)
class Scene:
    """Maps that candidates of either sign are measured by."""

    evidence: DifferenceMaps
    neighbours: tuple[Array, ...]  # lumas in the frame's light: those beside it, then those beyond
    likely: Array  # (h, w), as the network says
    edges: Array  # (h, w) of the frame
    fill_edges: Array
    grown: Array  # (h, w) difference that all pixels of a blotch must have
    crowding: float  # logarithm of the share of the frame that differs
    unrest: float  # median inconsistency of its motion, pixels


def scene_of(evidence: DifferenceMaps, neighbours: tuple[Array, ...], likely: Array) -> Scene:
    """The scene of a frame; `neighbours` and `likely` as there."""
    return Scene(
        evidence,
        neighbours,
        likely,
        edges_of(evidence.luma),
        edges_of(evidence.fill),
        grown_of(evidence.noise),
        float(elementwise.log(evidence.candidates.mean() + 1e-4)),
        float(np.median(np.minimum(evidence.inconsistency, 8))),
    )


def grown_of(noise: Array) -> Array:
    """Difference to both neighbours (h, w) that pixels of a blotch have, by the noise there."""
    return np.clip(_GROWN_OF_NOISE * noise, _LEAST_GROWN, GROWN)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected pieces of a frame."""

    labels: Array  # (h, w) uint16, 0 outside
    statistics: Array  # (n, 5) OpenCV's, of label i + 1
    inner: bool  # of larger ones


def features_of(scene: Scene, pieces: Pieces, sign: float) -> Array:
    """Features (pieces, len(NAMES)) float64; the likenesses are 1, for `likeness` takes longer."""
    evidence, likely = scene.evidence, scene.likely
    labels, statistics = pieces.labels, pieces.statistics
    count = len(statistics)
    near = opencv.dilate(labels, _ONE)
    wide = opencv.dilate(near, np.ones((2 * _RING - 1, 2 * _RING - 1), np.uint8))
    core = opencv.erode((labels > 0).astype(np.uint8), _ONE)
    inside = _Means(labels, labels > 0, count)
    ring = _Means(wide, (wide > 0) & (near == 0), count)
    rim = _Means(near, (near > 0) & (core == 0), count)
    luma, fill = inside.at(evidence.luma), inside.at(evidence.fill)
    difference, grown = sign * (luma - fill), inside.at(scene.grown)
    contrast = inside.of(np.abs(difference))
    per = contrast + _QUIET
    around, fill_around = ring.at(evidence.luma), ring.at(evidence.fill)
    unsure = np.minimum(inside.at(evidence.inconsistency), 8)
    least = np.minimum(
        *(np.abs(inside.at(one)) for one in (evidence.bridged, evidence.reestimated))
    )
    left, top, width, height, area = statistics.T
    rows, columns = evidence.luma.shape
    noise = inside.of(inside.at(evidence.noise))
    pair = evidence.seen[2:4] if len(evidence.seen) > 3 else evidence.seen[:2]
    beyond = [inside.of(sign * (luma - inside.at(other))) for other in pair]
    border = (top == 0) | (left == 0) | (top + height == rows) | (left + width == columns)
    network, unexplained = inside.at(likely), sign * inside.at(evidence.unexplained)
    level, level_around = inside.of(luma), ring.of(around)
    fill_level = inside.of(fill)

    def share(picture: Array) -> Array:
        """Of each piece, what differs so much."""
        return inside.of(sign * inside.at(picture) > grown)

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
        "disagreement": inside.of(inside.at(evidence.disagreement)) / per,
        "ring_difference": ring.of(np.abs(around - fill_around)) / per,
        "ring_texture": ring.deviation(around) / per,
        "edge": rim.of(rim.at(scene.edges)) / per,
        "fill_edge": rim.of(rim.at(scene.fill_edges)) / per,
        "inconsistency": inside.of(unsure),
        "ring_inconsistency": ring.of(np.minimum(ring.at(evidence.inconsistency), 8)),
        "bend": inside.of(np.minimum(inside.at(evidence.bend), 16)),
        "ring_bend": ring.of(np.minimum(ring.at(evidence.bend), 16)),
        "ring_speed": elementwise.log1p(ring.of(ring.at(evidence.speed))),
        "direct_share": share(evidence.initial),
        "middle_share": share(evidence.interpolated),
        "bridged_share": share(evidence.bridged),
        "again_share": share(evidence.reestimated),
        "far_share": share(evidence.two_frames_away),
        "level": level,
        "fill_level": fill_level,
        **{name: np.ones(count) for name in _LIKENESSES},  # filled in by candidate
        "crowding": np.full(count, scene.crowding),
        "unrest": np.full(count, scene.unrest),
        "network": inside.of(network),
        "network_share": inside.of(network > LIKELY),
        "ring_network": ring.of(ring.at(likely)),
        "inner": np.full(count, float(pieces.inner)),
        "one_sided": np.full(count, 0.0 if evidence.opposite else 1.0),
        "unexplained": inside.of(unexplained) / per,
        "unexplained_share": inside.of(unexplained > grown),
        "noise": elementwise.log(noise),
        "clearness": elementwise.log(per / noise),
        "stands_out": sign * (level - level_around) / per,
        "fill_stands_out": sign * (fill_level - ring.of(fill_around)) / per,
        "beyond_least": np.minimum(*beyond) / per,
        "beyond_most": np.maximum(*beyond) / per,
    }
    return np.stack([np.asarray(by_name[name], float) for name in NAMES], axis=1)


def edges_of(picture: Array) -> Array:
    """Strength of the edges of a picture (h, w)."""
    across, down = (opencv.Sobel(picture, opencv.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    return np.asarray(elementwise.hypot(across, down) / np.float32(8))


def likeness(
    luma: Array, neighbours: tuple[Array, ...], box: Box, contrast: float
) -> tuple[float, float, float, float]:
    """How near the likest patch around comes: in the worse and the better of both neighbours, and
    in the frames beyond; and how far from evenly it moves, as a share of the search's reach.

    What moves fast is found there again; a blotch is not.
    """
    near = box.grown(2, luma.shape)
    if max(near.shape) > _LONGEST_PATCH:
        return 1.0, 1.0, 1.0, 1.0
    patch, per = luma[near.part], contrast + _QUIET
    first, second = (_likest(patch, near, one, _SEARCH, per) for one in neighbours[:2])
    beyond = [_likest(patch, near, one, _SEARCH_BEYOND, per)[0] for one in neighbours[2:4]]
    down, along = first[1] + second[1], first[2] + second[2]
    turn = min(max(abs(down), abs(along)) / _SEARCH, 1.0)
    off = first[0], second[0]
    return max(off), min(off), max(beyond, default=max(off)), turn


def _likest(
    patch: Array, box: Box, picture: Array, reach: int, per: float
) -> tuple[float, int, int]:
    """Distance of a patch to the likest one in a picture, and how far down and along that lies."""
    around = box.grown(reach, picture.shape)
    distance = opencv.matchTemplate(picture[around.part], patch, opencv.TM_SQDIFF)
    down, along = divmod(int(np.argmin(distance)), distance.shape[1])
    deviation = np.sqrt(max(float(distance[down, along]), 0.0) / patch.size)
    return min(deviation / per, 2.0), down + around.top - box.top, along + around.left - box.left


class _Means:
    """Means over the pixels of each label, where a mask (h, w) bool has them."""

    def __init__(self, labels: Array, mask: Array, count: int) -> None:
        self._at = np.flatnonzero(mask)
        self._labels = labels.ravel()[self._at].astype(np.intp) - 1
        self._count = count
        self.sizes = np.bincount(self._labels, minlength=count).astype(float)

    def at(self, picture: Array) -> Array:
        """The values (n,) of a picture (h, w) at all pixels that have a label."""
        return np.asarray(picture.ravel()[self._at])

    def of(self, values: Array) -> Array:
        """The mean of values (n,) over each label (count,), 0 where it has no pixel."""
        sums = np.bincount(self._labels, values.astype(float), minlength=self._count)
        return sums / np.maximum(self.sizes, 1)

    def deviation(self, values: Array) -> Array:
        """Their deviation over each label (count,)."""
        return np.sqrt(np.maximum(self.of(np.square(values)) - np.square(self.of(values)), 0))
