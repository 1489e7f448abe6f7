# SPDX-License-Identifier: Apache-2.0
"""From evidence to candidate blotches, each with the features that it is scored by."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...frames import Array
from .evidence import Evidence
from .network import probability

#: Difference to both neighbours (display value) that a blotch must reach somewhere, and that its
#: pixels must all have.
SEED, GROWN = 15 / 255, 8 / 255
#: Pixels of the looked-at picture that a candidate has at least; and candidates that are looked at
#: in one frame at most, the largest first.
LEAST_AREA, MOST = 4, 300
_RING = 4  # width in pixels of what is taken for a candidate's surroundings
_SEARCH = 12  # reach in pixels of the search for a candidate's likeness
_LONGEST_PATCH = 64  # pixels of a side; larger ones are not searched for
_QUIET = 4 / 255  # keeps ratios of contrast quiet
_ONE = np.ones((3, 3), np.uint8)

#: What a candidate is scored by, in the order of the features.
NAMES = (
    "log_area", "log_side", "filling", "rim_share", "border",
    "contrast", "contrast_spread", "flatness", "fill_flatness", "least_difference",
    "disagreement", "ring_difference", "ring_texture", "edge", "fill_edge",
    "inconsistency", "ring_inconsistency", "bend", "ring_bend", "ring_speed",
    "direct_share", "middle_share", "bridged_share", "again_share", "far_share",
    "level", "fill_level", "likeness_worst", "likeness_best", "crowding", "unrest", "one_sided",
    "network", "ring_network",
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


def candidates(evidence: Evidence, neighbours: tuple[Array, Array]) -> list[Candidate]:
    """All candidates of a frame; `neighbours` are the two lumas in its light."""
    likely = probability(evidence, neighbours)
    return [one for sign in (-1.0, 1.0) for one in _of_one_sign(evidence, neighbours, likely, sign)]


def _of_one_sign(
    evidence: Evidence, neighbours: tuple[Array, Array], likely: Array, sign: float
) -> list[Candidate]:
    ahead, again = sign * evidence.bridged, sign * evidence.again
    grown = (np.maximum(ahead, again) > GROWN).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    seeded = np.zeros(count, bool)
    seeded[labels[np.minimum(ahead, again) > SEED]] = True
    seeded[0] = False
    areas = statistics[:, cv2.CC_STAT_AREA]
    chosen = np.flatnonzero(seeded & (areas >= LEAST_AREA))
    chosen = np.sort(chosen[np.argsort(-areas[chosen], kind="stable")][:MOST])
    if not len(chosen):
        return []
    numbers = np.zeros(count, np.uint16)
    numbers[chosen] = np.arange(1, len(chosen) + 1)
    labels, statistics = numbers[labels], statistics[chosen]
    features = _features(evidence, likely, labels, statistics, sign)
    found = []
    for number, (left, top, width, height, area) in enumerate(statistics.tolist()):
        box = top, left, top + height, left + width
        mask = labels[top : top + height, left : left + width] == number + 1
        contrast = float(features[number, _CONTRAST])
        features[number, _LIKENESS] = _likeness(evidence.luma, neighbours, box, contrast)
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
        return np.sqrt(np.maximum(self.of(picture**2) - self.of(picture) ** 2, 0))


def _features(
    evidence: Evidence, likely: Array, labels: Array, statistics: Array, sign: float
) -> Array:
    count = len(statistics)
    near = cv2.dilate(labels, _ONE)
    wide = cv2.dilate(near, np.ones((2 * _RING - 1, 2 * _RING - 1), np.uint8))
    core = cv2.erode((labels > 0).astype(np.uint8), _ONE)
    inside = _Means(labels, count)
    ring = _Means(np.where(near > 0, 0, wide), count)
    rim = _Means(np.where(core > 0, 0, near), count)
    luma, fill = evidence.luma, evidence.fill
    difference = sign * (luma - fill)
    contrast = inside.of(np.abs(difference))
    per = contrast + _QUIET
    least = np.minimum(np.abs(evidence.bridged), np.abs(evidence.again))
    unsure, bend = np.minimum(evidence.inconsistency, 8), np.minimum(evidence.bend, 16)
    left, top, width, height, area = statistics.T
    rows, columns = luma.shape
    border = (top == 0) | (left == 0) | (top + height == rows) | (left + width == columns)
    by_name = {
        "log_area": np.log(area),
        "log_side": np.log(np.maximum(width, height)),
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
        "edge": rim.of(_edges(luma)) / per,
        "fill_edge": rim.of(_edges(fill)) / per,
        "inconsistency": inside.of(unsure),
        "ring_inconsistency": ring.of(unsure),
        "bend": inside.of(bend),
        "ring_bend": ring.of(bend),
        "ring_speed": np.log1p(ring.of(evidence.speed)),
        "direct_share": inside.of(sign * evidence.direct > GROWN),
        "middle_share": inside.of(sign * evidence.middle > GROWN),
        "bridged_share": inside.of(sign * evidence.bridged > GROWN),
        "again_share": inside.of(sign * evidence.again > GROWN),
        "far_share": inside.of(sign * evidence.far > GROWN),
        "level": inside.of(luma),
        "fill_level": inside.of(fill),
        "likeness_worst": np.ones(count),  # filled in by candidate
        "likeness_best": np.ones(count),
        "crowding": np.full(count, np.log(evidence.candidates.mean() + 1e-4)),
        "unrest": np.full(count, unsure.mean()),
        "network": inside.of(likely),
        "ring_network": ring.of(likely),
        "one_sided": np.full(count, 0.0 if evidence.opposite else 1.0),
    }
    return np.stack([np.asarray(by_name[name], float) for name in NAMES], axis=1)


def _edges(picture: Array) -> Array:
    across, down = (cv2.Sobel(picture, cv2.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    return np.asarray(cv2.magnitude(across, down) / 8)


def whole(mask: Array) -> list[Candidate]:
    """The pieces of a mask (h, w) bool that is to be repaired as it is."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
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
        distance = cv2.matchTemplate(picture[y0:y1, x0:x1], patch, cv2.TM_SQDIFF)
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
