# SPDX-License-Identifier: Apache-2.0
"""Record of one frame in an analysis."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from ..flicker.estimate import FlickerEstimate
from ..flicker.joins import BEGINNING, LightStep
from ..frames import Array
from ..kernels import opencv
from ..motion.preview import Preview
from .settings import AnalysisSettings

#: Rows and columns of the thumbnail by which a frame is known that another program decoded.
THUMBNAIL = (9, 16)
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


def thumbnail(preview: Preview) -> Array:
    """A frame's thumbnail (9, 16, 3) float16."""
    size = THUMBNAIL[1], THUMBNAIL[0]
    small = opencv.resize(preview.colour, size, interpolation=opencv.INTER_AREA)
    return np.minimum(small, _LARGEST).astype(np.float16)
