# SPDX-License-Identifier: Apache-2.0
"""Clips on disk as sequences of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from .. import io
from ..frames import Array


class Clip:
    """A clip on disk; its frames are arrays (H, W, C), read when they are asked for."""

    def __init__(self, reader: io.Reader) -> None:
        """A clip of what a reader reads."""
        self.reader = reader

    def __len__(self) -> int:
        """Number of frames."""
        return self.reader.last - self.reader.first + 1

    def __getitem__(self, index: int) -> Array:
        """A frame, counted from 0, or from the end where `index` is below 0; read-only."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"the clip has {len(self)} frames; {index} is none of them")
        frame = self.reader.frame(self.reader.first + index % len(self))
        if frame is None:
            raise IndexError(f"the clip has no frame {index}")
        return frame.pixels()

    def __iter__(self) -> Iterator[Array]:
        """The frames in order."""
        return (self[index] for index in range(len(self)))

    def __enter__(self) -> Clip:
        """The clip itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self.close()

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Frames, height, width, channels."""
        return len(self), *self.reader.shape

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of a pixel's values; integers mean 0..1 scaled to their full range."""
        return self.reader.dtype

    @property
    def rate(self) -> Fraction | None:
        """Frames per second; None where the clip does not say."""
        return self.reader.rate

    @property
    def encoding(self) -> str:
        """How the numbers stand for light, as the file tells it; empty where it does not."""
        return self.reader.encoding

    def close(self) -> None:
        """Let go of the file."""
        self.reader.close()


def open_clip(path: Path | str) -> Clip:
    """The video or the numbered images at `path`, as on the command line.

    Raises MediaError where nothing readable is there, FrameError where frames are missing.
    """
    return Clip(io.open_clip(path))
