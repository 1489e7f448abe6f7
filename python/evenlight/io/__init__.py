# SPDX-License-Identifier: Apache-2.0
"""Clips on disk: video by PyAV, numbered images by OpenImageIO."""

from __future__ import annotations

from pathlib import Path

from ..errors import MediaError
from .clip import Reader, Writer
from .encoder import VideoOptions
from .image_reader import ImageReader
from .image_writer import ImageWriter
from .pattern import IMAGE_SUFFIXES, Pattern
from .video_reader import VideoReader
from .video_writer import VideoWriter

__all__ = ["Reader", "VideoOptions", "Writer", "create_clip", "open_clip"]


def open_clip(path: Path | str, *, look_around: int = 64) -> Reader:
    """The clip at `path`; `look_around` frames are kept, those that neighbours will ask for again.

    Raises MediaError where nothing readable is there, FrameError where frames are missing.
    """
    path = Path(path)
    if _is_images(path):
        return ImageReader(path, look_around=look_around)
    return VideoReader(path, look_around=look_around)


def create_clip(
    path: Path | str,
    source: Reader,
    numbers: range,
    *,
    overwrite: bool = False,
    video: VideoOptions | None = None,
) -> Writer:
    """A clip at `path` for the frames `numbers` of `source`, whose metadata and sound it takes.

    Nothing stands at `path` before `finish`. Raises MediaError where it cannot be written.
    """
    path = Path(path)
    if _names(path) == _names(source.path):
        raise MediaError(f"{path} is the source itself; write to another name")
    if _is_images(path):
        return ImageWriter(path, source, numbers, overwrite=overwrite)
    return VideoWriter(path, source, numbers, overwrite=overwrite, options=video or VideoOptions())


def _is_images(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES or Pattern.parse(path).width is not None


def _names(path: Path) -> Pattern:
    return Pattern.parse(path.resolve())
