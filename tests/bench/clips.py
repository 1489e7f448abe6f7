# SPDX-License-Identifier: Apache-2.0
"""The clips of the benchmark, as FFmpeg gives them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from evenlight.evaluation.clips import media_of, still
from evenlight.frames import Array

SIZE = (640, 360)
FRAMES = 64


class MissingClipError(FileNotFoundError):
    """A clip of the set is not in the folder."""


def load(
    data: Path, name: str, *, frames: int = FRAMES, size: tuple[int, int] | None = SIZE
) -> Array:
    """The first frames of a clip as (T, H, W, 3) uint8, area-resized; in its own size for None."""
    taken = [
        picture if size is None else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        for picture in islice(_pictures(data, name), frames)
    ]
    if not taken:
        raise MissingClipError(f"there is no clip {name} in {data}; give the folder with --data")
    return np.stack(taken)


def is_there(data: Path, name: str) -> bool:
    """Whether the folder holds the clip."""
    return next(_pictures(data, name), None) is not None


def _pictures(data: Path, name: str) -> Iterator[Array]:
    for path in media_of(data, name):
        if path.suffix == ".mp4":
            with av.open(str(path)) as container:
                for frame in container.decode(video=0):
                    yield frame.to_ndarray(format="rgb24")
        else:
            yield still(path)
