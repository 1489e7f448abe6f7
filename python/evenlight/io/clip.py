# SPDX-License-Identifier: Apache-2.0
"""Interfaces of clips on disk, whether video or numbered images: Reader, Writer, policies."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from ..frames import Array, Frame
from .stream_format import StreamFormat
from .version import Identity


class Missing(StrEnum):
    """Stand-in for an image that is missing between others."""

    ERROR = "error"
    HOLD = "hold"
    BLACK = "black"


class Damaged(StrEnum):
    """Stand-in for a frame of a video that is damaged."""

    ERROR = "error"
    HOLD = "hold"


class Reader(Protocol):
    """A clip on disk, open for reading; frames in any order, best in rising order."""

    path: Path
    #: Numbers of the first and the last frame: those in the file names, or from 1 for video.
    first: int
    last: int
    #: Height, width, channels.
    shape: tuple[int, int, int]
    dtype: np.dtype[np.generic]
    #: How the numbers stand for light, as the file tells it; empty where it does not.
    encoding: str
    #: Frames per second; None where the clip does not say.
    rate: Fraction | None
    #: All that the file says of its pictures, and what travels beside them.
    format: StreamFormat
    #: The same for the same files: what was rendered of them before is worth what it was.
    fingerprint: str
    #: The files that it is read from.
    sources: dict[Identity, Path]
    #: What the user should know of the clip, though it can be read.
    notices: tuple[str, ...]

    def frame(self, number: int) -> Frame | None:
        """The frame, or None outside the clip; nothing is decoded before its pixels are wanted."""

    def close(self) -> None:
        """Let go of the file."""


class Writer(Protocol):
    """A clip on disk, open for writing in rising order."""

    @property
    def notices(self) -> list[str]:
        """Sentences for the user about an output that can be written all the same."""

    def write(self, number: int, pixels: Array) -> None:
        """Append the frame, (H, W, C)."""

    def finish(self) -> None:
        """Complete the clip and give it its name."""

    def discard(self) -> None:
        """Remove what is not complete; harmless after `finish`."""
