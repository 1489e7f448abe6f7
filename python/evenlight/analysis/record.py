# SPDX-License-Identifier: Apache-2.0
"""Record of one frame in an analysis."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from ..errors import AnalysisError
from ..flicker.estimate import FlickerEstimate
from ..flicker.joins import BEGINNING, LightStep
from ..frames import Array
from ..kernels import opencv
from ..motion.preview import Preview
from .settings import AnalysisSettings

#: Rows and columns of the thumbnail by which a frame is known that another program decoded.
THUMBNAIL = (9, 16)
#: Display value by which such frames may differ on average: FFmpeg's conversion to RGB was seen to
#: differ from ours by 0.05 to 1.2 of 255, and by 4.6 where it takes other colour coefficients.
NEAR = 2 / 255
_LARGEST = 60000.0  # what float16 holds, with some room


@dataclass(frozen=True, slots=True)
class Record:
    """The flicker of one frame, and by what the frame is known again."""

    frame: int
    conditions: AnalysisSettings
    shape: tuple[int, int, int]  # height, width, channels of the frame
    digest: bytes  # 16 bytes, of what was measured of the frame
    thumbnail: Array  # (9, 16, 3) float16, display values
    estimate: FlickerEstimate
    step: LightStep = BEGINNING  # to the frame before, by which joins are found

    @property
    def key(self) -> tuple[int, str]:
        """One record is kept for each."""
        return self.frame, self.conditions.text()

    def seal(self) -> bytes:
        """A checksum (8 bytes) of all the rest."""
        seal = hashlib.blake2b(digest_size=8)
        seal.update(f"{self.frame} {self.shape} {self.conditions.text()}".encode())
        seal.update(self.digest + self.thumbnail.tobytes())
        if self.estimate.relative_deficit is not None:
            seal.update(b"lacking" + self.estimate.relative_deficit.tobytes())
        if self.estimate.field is not None:
            seal.update(b"field" + self.estimate.field.coefficients.tobytes())
        seal.update(self.step.values.tobytes())
        return seal.digest()

    def other_size(self, shape: tuple[int, int, int]) -> str:
        """Why this does not serve for a frame of `shape`, which is of another size."""
        (height, width, _), (rows, columns, _) = self.shape, shape
        return (
            f"frames of {width} x {height} were analysed and this one is {columns} x {rows}: "
            "analyse frames of this size"
        )

    def check(self, centre: Preview, *, nearly: bool) -> str:
        """Refuse a picture that is not the one that was analysed; what the user should know.

        `nearly` lets one pass that differs as decoders differ. Raises AnalysisError.
        """
        if centre.digest == self.digest:
            return ""
        if nearly:
            difference = thumbnail(centre).astype(np.float32) - self.thumbnail
            if float(np.abs(difference).mean()) <= NEAR:
                return (
                    "the pictures differ a little from those that were analysed, as another "
                    "decoder's do; the analysis is used all the same"
                )
        raise AnalysisError(
            f"the picture is not the one that was analysed as frame {self.frame}: the source has "
            "changed, or its frames count from another number. Analyse the clip again, or set "
            "Analysis offset"
        )


def thumbnail(preview: Preview) -> Array:
    """A frame's thumbnail (9, 16, 3) float16."""
    size = THUMBNAIL[1], THUMBNAIL[0]
    small = opencv.resize(preview.colour, size, interpolation=opencv.INTER_AREA)
    return np.minimum(small, _LARGEST).astype(np.float16)
