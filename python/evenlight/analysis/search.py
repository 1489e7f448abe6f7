# SPDX-License-Identifier: Apache-2.0
"""The record of a picture: by its number, or by what it looks like.

Hosts count frames from numbers of their own, decode them a little otherwise, and show them small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import AnalysisError
from ..frames import Array
from ..motion.preview import Preview
from .file import Analysis
from .record import Record, thumbnail
from .settings import AnalysisSettings

#: Display value by which a picture may differ on average from the one that was analysed: FFmpeg's
#: conversion to RGB was seen to differ from ours by 0.05 to 1.2 of 255.
NEAR = 2 / 255
#: The same for a picture of another size: what is averaged is cut elsewhere. A wrong one harms a
#: preview only.
NEAR_AT_OTHER_SIZE = 6 / 255
#: Rows of the file that are looked through at once.
_BLOCK = 4096
_SAME = 5  # decimals of an unlikeness that count: below them pictures are equally near
_LEVEL, _SHIFT_WEIGHT = 1 / 255, 0.1

#: Weights of red and blue in luma, by ITU-R BT.601 and BT.709.
_BT601, _BT709 = (0.299, 0.114), (0.2126, 0.0722)


@dataclass(frozen=True, slots=True)
class Search:
    """The search in an analysis for the frame that is being rendered."""

    analysis: Analysis
    wanted: AnalysisSettings
    number: int  # the frame's, where the host counts as the analysis does

    def check(self, *, by_number: bool) -> None:
        """Raise AnalysisError where the frame cannot be there.

        `by_number` asks for the number; else any frame that was analysed as this one is wanted
        may turn out to be it.
        """
        if by_number or not len(self._rows()):
            self.analysis.find(self.number, self.wanted)

    def find(self, centre: Preview, within: float = 0.0) -> tuple[Record, bool]:
        """The record of a picture, and whether the picture is the very one that was analysed.

        Of equal ones that with the nearest number is taken. One passes that differs on average
        by up to `within` (display value). Raises AnalysisError where none is there.
        """
        rows = self._rows()
        digests = self.analysis.column("digest")[rows]
        same = rows[(digests == np.frombuffer(centre.digest, np.uint8)).all(axis=1)]
        if len(same):
            return self.analysis.record(self._closest(same)), True
        if within and len(rows):
            unlikeness = self._unlikeness(rows, thumbnail(centre), within)
            least = unlikeness.min()
            if np.isfinite(least):
                return self.analysis.record(self._closest(rows[unlikeness == least])), False
        raise AnalysisError(
            f"the picture is not the one that was analysed as frame {self.number}, nor another of "
            f"those in {self.analysis.name}: the source has changed. Analyse the clip again"
        )

    def other_size(self, shape: tuple[int, int, int]) -> str:
        """Why the analysis does not serve for frames of `shape`, which are of another size."""
        (height, width, _), (rows, columns, _) = self.analysis.shape, shape
        return (
            f"frames of {width} x {height} were analysed and this one is {columns} x {rows}: "
            "analyse frames of this size"
        )

    def _rows(self) -> Array:
        return self.analysis.rows_like(self.wanted, self.number)

    def _closest(self, rows: Array) -> int:
        return int(min(rows, key=lambda row: abs(self.analysis.frame_of(row) - self.number)))

    def _unlikeness(self, rows: Array, picture: Array, within: float) -> Array:
        """As `unlikeness`, of the rows' thumbnails."""
        parts = []
        for first in range(0, len(rows), _BLOCK):
            block = self.analysis.column("thumbnail", rows[first : first + _BLOCK])
            parts.append(unlikeness(block, picture, within))
        return np.concatenate(parts)


def unlikeness(thumbnails: Array, picture: Array, within: float) -> Array:
    """How little thumbnails (n, 9, 16, 3) are like one (9, 16, 3): (n,), infinite past `within`.

    It may have been decoded by the coefficients of another standard: the least counts.
    """
    likely = [picture.astype(np.float64)]
    likely += [_recoded(likely[0], *way) for way in ((_BT601, _BT709), (_BT709, _BT601))]
    return np.round(np.min([_unlike(thumbnails - one, within) for one in likely], axis=0), _SAME)


def _unlike(difference: Array, within: float) -> Array:
    """Sizes (n,) of differences (n, h, w, 3) of thumbnails, infinite past `within`.

    Decoders round otherwise, which shifts a channel as a whole; flicker goes with the light. So a
    shift of a level counts little, and frames of a clip that stands still are told apart.
    """
    shift = np.clip(difference.mean(axis=(1, 2), keepdims=True), -_LEVEL, _LEVEL)
    size = np.abs(difference - shift).mean(axis=(1, 2, 3))
    size += _SHIFT_WEIGHT * np.abs(shift).mean(axis=(1, 2, 3))
    is_near = np.abs(difference).mean(axis=(1, 2, 3)) <= within  # false for what is no number
    return np.where(is_near, size, np.inf)


def _recoded(picture: Array, made: tuple[float, float], read: tuple[float, float]) -> Array:
    """A picture (h, w, 3) whose luma and colour differences of `made` are taken for `read`'s."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    luma = made[0] * red + (1 - made[0] - made[1]) * green + made[1] * blue
    new_red = luma + (red - luma) * ((1 - read[0]) / (1 - made[0]))
    new_blue = luma + (blue - luma) * ((1 - read[1]) / (1 - made[1]))
    rest = (luma - read[0] * new_red - read[1] * new_blue) / (1 - read[0] - read[1])
    return np.stack([new_red, rest, new_blue], axis=-1)
