# SPDX-License-Identifier: Apache-2.0
"""Which clips were tuned on and which judge, split by source: shots of one source look alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from evenlight.frames import Array

#: Where curves, thresholds and windows were looked at.
TUNING = (
    "boof_highway.mp4", "boof_dashcam01.mp4", "boof_holiday.mp4", "mdn_frog.mp4",
    "mdn_rabbit.mp4", "intel_cars.mp4", "pexels_dogsniff.mp4",
)  # fmt: skip
#: What judges: a roof under a moving phone, a road ahead, table-top shots in the hand, a film.
VALIDATION = (
    "exo_rooftop.mp4", "udacity_lane.mp4", "sam2_bedroom.mp4", "sam2_cups.mp4", "tos_3.mp4",
    "tos_5.mp4",
)  # fmt: skip
#: Two shots of the judges, joined: the cut lies in the middle.
CUT = ("sam2_cups.mp4", "udacity_lane.mp4")
SIZE = (640, 360)
FRAMES = 64


def load(path: Path, *, frames: int = FRAMES, size: tuple[int, int] = SIZE) -> Array:
    """The first frames of a file as (T, H, W, 3) uint8."""
    with av.open(str(path)) as container:
        decoded = container.decode(video=0)
        taken = [
            cv2.resize(frame.to_ndarray(format="rgb24"), size, interpolation=cv2.INTER_AREA)
            for frame, _ in zip(decoded, range(frames), strict=False)
        ]
    return np.stack(taken)


def joined(folder: Path) -> Array:
    """Two shots, half a clip each."""
    half = FRAMES // 2
    return np.concatenate([load(folder / name, frames=half) for name in CUT])


def validation(folder: Path, names: tuple[str, ...] = VALIDATION) -> Iterator[tuple[str, Array]]:
    """Name and frames of each clip that judges."""
    for name in names:
        yield Path(name).stem, load(folder / name)
