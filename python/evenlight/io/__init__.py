# SPDX-License-Identifier: Apache-2.0
"""Clips on disk: video by PyAV, numbered images by OpenImageIO."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import MediaError
from .clip import Missing, Reader, Writer
from .encoder import VideoOptions, choose
from .files import partial_name, refuse_sources
from .image_reader import ImageReader
from .image_writer import ImageWriter
from .parts import folder_of
from .pattern import IMAGE_SUFFIXES, Pattern
from .video_reader import VideoReader
from .video_writer import VideoWriter, bits_of

__all__ = [
    "Missing",
    "Reader",
    "VideoOptions",
    "Writer",
    "check_target",
    "create_clip",
    "is_images",
    "open_clip",
]


def open_clip(
    path: Path | str, *, look_around: int = 64, missing: Missing = Missing.ERROR
) -> Reader:
    """The clip at `path`; `look_around` frames are kept, those that neighbours will ask for again.

    `missing` says what stands in for images that are missing between others; a video has no holes.
    Raises MediaError where nothing readable is there, FrameError where frames are missing.
    """
    path = Path(path)
    if is_images(path):
        return ImageReader(path, look_around=look_around, missing=missing)
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
    path, video = Path(path), video or VideoOptions()
    check_target(path, source, numbers, video)
    if is_images(path):
        return ImageWriter(path, source, numbers, overwrite=overwrite)
    return VideoWriter(path, source, numbers, overwrite=overwrite, options=video)


def check_target(
    path: Path, source: Reader, numbers: range, video: VideoOptions, mask: Reader | None = None
) -> None:
    """Whether the frames `numbers` of `source` can become what `path` names, whatever is there.

    Raises MediaError where a file would be written that is read, by whatever name, ParamError where
    the format is not written.
    """
    read = {**source.sources, **(mask.sources if mask else {})}
    refuse_sources(_written(path, numbers), read)
    if not is_images(path):
        folder = folder_of(path).resolve()
        inside = [file for file in read.values() if folder in file.resolve().parents]
        if inside:
            raise MediaError(
                f"{inside[0]} lies in {folder}, which is removed once {path} is whole; write to "
                "another name"
            )
        choose(path, source, source.shape, bits_of(source), video)


def _written(path: Path, numbers: range) -> Iterator[Path]:
    """The files that are made, and the names that they have before they are whole."""
    pattern = Pattern.parse(path)
    for file in map(pattern.file, numbers) if is_images(path) else [path]:
        yield file
        yield partial_name(file)


def is_images(path: Path) -> bool:
    """Whether `path` names images; otherwise it is a video."""
    return path.suffix.lower() in IMAGE_SUFFIXES or Pattern.parse(path).width is not None
