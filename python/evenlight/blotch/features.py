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

#: Difference to both neighbours (display value) that all pixels of a blotch must have.
GROWN = 8 / 255
#: Probability from which the network takes a pixel for one of a blotch.
LIKELY = 0.5
_RING = 4  # width in pixels of what is taken for a candidate's surroundings
_SEARCH = 12  # reach in pixels of the search for a candidate's likeness
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
)  # fmt: skip
CONTRAST = NAMES.index("contrast")
LIKENESS = [NAMES.index("likeness_worst"), NAMES.index("likeness_best")]


@dataclass(frozen=True, slots=True)
class Scene:
    """Maps that candidates of either sign are measured by."""

    evidence: DifferenceMaps
    neighbours: tuple[Array, Array]
    likely: Array  # (h, w), as the network says
    edges: Array  # (h, w) of the frame
    fill_edges: Array


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
        "network_share": inside.of(likely > LIKELY),
        "ring_network": ring.of(likely),
        "inner": np.full(count, float(pieces.inner)),
        "one_sided": np.full(count, 0.0 if evidence.opposite else 1.0),
    }
    return np.stack([np.asarray(by_name[name], float) for name in NAMES], axis=1)


def edges_of(picture: Array) -> Array:
    """Strength of the edges of a picture (h, w)."""
    across, down = (opencv.Sobel(picture, opencv.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    return np.asarray(elementwise.hypot(across, down) / np.float32(8))


def likeness(
    luma: Array, neighbours: tuple[Array, Array], box: Box, contrast: float
) -> tuple[float, float]:
    """How near the likest patch around comes, in either neighbour: the worse and the better one.

    What moves fast is found there again; a blotch is not.
    """
    near = box.grown(2, luma.shape)
    if max(near.shape) > _LONGEST_PATCH:
        return 1.0, 1.0
    patch, around = luma[near.part], near.grown(_SEARCH, luma.shape)
    off = []
    for picture in neighbours:
        distance = opencv.matchTemplate(picture[around.part], patch, opencv.TM_SQDIFF)
        deviation = np.sqrt(max(float(distance.min()), 0.0) / patch.size)
        off.append(min(deviation / (contrast + _QUIET), 2.0))
    return max(off), min(off)


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
