# SPDX-License-Identifier: Apache-2.0
"""From evidence to candidate blotches, each with the features that it is scored by."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...frames import Array
from .evidence import Evidence

#: Difference to both neighbours (display value) that a blotch must reach somewhere, and that its
#: pixels must all have.
SEED, GROWN = 15 / 255, 8 / 255
#: Most candidates that are looked at in one frame, the largest first.
MOST = 400
_RING = 4  # width in pixels of what is taken for a candidate's surroundings
_SEARCH = 12  # reach in pixels of the search for a candidate's likeness

#: What a candidate is scored by, in the order of the features.
NAMES = (
    "log_area", "log_side", "compactness", "filling", "contrast", "contrast_spread", "flatness",
    "least_difference", "difference_over_contrast", "disagreement", "disagreement_over_contrast",
    "ring_difference", "ring_difference_over_contrast", "ring_texture", "ring_inconsistency",
    "inconsistency", "bend", "ring_bend", "speed", "direct_share", "middle_share", "bridged_share",
    "level", "fill_level", "likeness_worst", "likeness_best", "edge", "fill_edge", "border",
    "crowding",
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
    found: list[tuple[bool, int, Array, Array]] = []
    for sign in (-1, 1):
        grown, seeds = _mask(evidence, sign)
        count, labels, statistics, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
        seeded = np.zeros(count, bool)
        seeded[np.unique(labels[seeds])] = True
        seeded[0] = False
        found += [(sign < 0, int(i), labels, statistics[i]) for i in np.flatnonzero(seeded)]
    found.sort(key=lambda one: -int(one[3][cv2.CC_STAT_AREA]))
    crowding = float(evidence.candidates.mean())
    return [
        _candidate(evidence, neighbours, dark, label, labels, statistics, crowding)
        for dark, label, labels, statistics in found[:MOST]
    ]


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


def _mask(evidence: Evidence, sign: int) -> tuple[Array, Array]:
    ahead, again = sign * evidence.bridged, sign * evidence.again
    grown = np.maximum(ahead, again) > GROWN
    seeds = np.minimum(ahead, again) > SEED
    return grown.astype(np.uint8), seeds


def _candidate(
    evidence: Evidence,
    neighbours: tuple[Array, Array],
    dark: bool,
    label: int,
    labels: Array,
    statistics: Array,
    crowding: float,
) -> Candidate:
    left, top, width, height, area = (int(value) for value in statistics)
    rows, columns = labels.shape
    box = top, left, top + height, left + width
    around = (
        slice(max(top - _RING, 0), min(top + height + _RING, rows)),
        slice(max(left - _RING, 0), min(left + width + _RING, columns)),
    )
    mask = labels[around] == label
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=_RING)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    ring = (wide > 0) & (near == 0)
    if not ring.any():
        ring = wide > 0
    luma, fill = evidence.luma[around], evidence.fill[around]
    difference = luma - fill
    sign = -1.0 if dark else 1.0
    inside = difference[mask] * sign
    contrast = float(np.abs(inside).mean())
    per = contrast + 4 / 255
    disagreement = float(evidence.disagreement[around][mask].mean())
    ring_difference = float(np.abs(difference[ring]).mean())
    least = np.minimum(np.abs(evidence.bridged[around]), np.abs(evidence.again[around]))[mask]
    edges = _edges(luma), _edges(fill)
    rim = (near > 0) & ~(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    worst, best = _likeness(evidence.luma, neighbours, box, contrast)
    perimeter = float(rim.sum())
    features = [
        np.log(area),
        np.log(max(width, height)),
        area / max(perimeter, 1.0) ** 2,
        area / (width * height),
        contrast,
        float(inside.std()) / per,
        float(luma[mask].std()) / per,
        float(least.mean()),
        float(least.mean()) / per,
        disagreement,
        disagreement / per,
        ring_difference,
        ring_difference / per,
        float(luma[ring].std()),
        float(np.minimum(evidence.inconsistency[around][ring], 8).mean()),
        float(np.minimum(evidence.inconsistency[around][mask], 8).mean()),
        float(np.minimum(evidence.bend[around][mask], 16).mean()),
        float(np.minimum(evidence.bend[around][ring], 16).mean()),
        float(np.log1p(evidence.speed[around][ring]).mean()),
        float((sign * evidence.direct[around][mask] > GROWN).mean()),
        float((sign * evidence.middle[around][mask] > GROWN).mean()),
        float((sign * evidence.bridged[around][mask] > GROWN).mean()),
        float(luma[mask].mean()),
        float(fill[mask].mean()),
        worst,
        best,
        float(edges[0][rim].mean()) / per,
        float(edges[1][rim].mean()) / per,
        float(top == 0 or left == 0 or top + height == rows or left + width == columns),
        float(np.log(crowding + 1e-4)),
    ]
    inner = mask[
        top - around[0].start : top - around[0].start + height,
        left - around[1].start : left - around[1].start + width,
    ]
    return Candidate(box, inner, dark, area, contrast, np.array(features))


def _edges(picture: Array) -> Array:
    return np.asarray(
        np.hypot(cv2.Sobel(picture, cv2.CV_32F, 1, 0), cv2.Sobel(picture, cv2.CV_32F, 0, 1)) / 8
    )


def _likeness(
    luma: Array, neighbours: tuple[Array, Array], box: tuple[int, int, int, int], contrast: float
) -> tuple[float, float]:
    """How near the likest patch around comes, in either neighbour: the worse and the better one.

    What moves fast is found there again; a blotch is not.
    """
    top, left, bottom, right = _padded(box, luma.shape, 2)
    if bottom - top > 64 or right - left > 64:
        return 1.0, 1.0
    patch = luma[top:bottom, left:right]
    off = []
    for picture in neighbours:
        y0, x0, y1, x1 = _padded((top, left, bottom, right), luma.shape, _SEARCH)
        distance = cv2.matchTemplate(picture[y0:y1, x0:x1], patch, cv2.TM_SQDIFF)
        deviation = np.sqrt(max(float(distance.min()), 0.0) / patch.size)
        off.append(min(deviation / (contrast + 4 / 255), 2.0))
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
