# SPDX-License-Identifier: Apache-2.0
"""Clips on disk: video by PyAV, numbered images by OpenImageIO."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import MediaError
from .clip import Damaged, Missing, Reader, Writer
from .encoder import VideoOptions
from .files import check_name, partial_name, refuse_sources
from .image_plan import ImagePlan
from .image_reader import ImageReader
from .image_writer import ImageWriter
from .output_plan import Report
from .parts import folder_of
from .pattern import Pattern, names_images
from .sequence import is_sequence
from .video_reader import VideoReader
from .video_writer import VideoWriter, plan_of

__all__ = [
    "Damaged",
    "Missing",
    "Reader",
    "Report",
    "VideoOptions",
    "Writer",
    "check_target",
    "create_clip",
    "is_images",
    "is_sequence",
    "open_clip",
    "report_of",
]


def open_clip(
    path: Path | str,
    *,
    look_around: int = 64,
    missing: Missing = Missing.ERROR,
    damaged: Damaged = Damaged.ERROR,
    layer: str = "",
) -> Reader:
    """The clip at `path`; `look_around` frames are kept, those that neighbours will ask for again.

    `missing` says what stands in for images that are missing between others, `layer` which layer of
    them is the picture; a video has no holes and no layers, and `damaged` says what stands in for
    frames of it that are damaged.
    Raises MediaError where nothing readable is there, FrameError where frames are missing.
    """
    path = Path(path)
    check_name(path)
    if is_sequence(path):
        return ImageReader(path, look_around=look_around, missing=missing, layer=layer)
    return VideoReader(path, look_around=look_around, damaged=damaged)


def create_clip(
    path: Path | str,
    source: Reader,
    numbers: range,
    *,
    overwrite: bool = False,
    video: VideoOptions | None = None,
    compression: int | None = None,
) -> Writer:
    """A clip at `path` for the frames `numbers` of `source`, whose metadata and sound it takes.

    `compression` is of images, from 0, none, to 9, the smallest; None as was measured to be best.
    Nothing stands at `path` before `finish`. Raises MediaError where it cannot be written.
    """
    path, video = Path(path), video or VideoOptions()
    check_target(path, source, numbers, video)
    if is_images(path):
        return ImageWriter(path, source, numbers, overwrite=overwrite, compression=compression)
    return VideoWriter(path, source, numbers, overwrite=overwrite, options=video)


def check_target(
    path: Path, source: Reader, numbers: range, video: VideoOptions, mask: Reader | None = None
) -> None:
    """Whether the frames `numbers` of `source` can become what `path` names, whatever is there.

    Raises MediaError where a file would be written that is read, by whatever name, ParamError where
    the format is not written.
    """
    check_name(path)
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
        plan_of(path, source, numbers, video)


def report_of(path: Path, source: Reader, numbers: range, video: VideoOptions) -> Report:
    """Fates of all that `source` holds in an output at `path`; raises as `check_target` does."""
    if is_images(path):
        return ImagePlan(path, source).report()
    return plan_of(path, source, numbers, video).report


def _written(path: Path, numbers: range) -> Iterator[Path]:
    """The files that are made, and the names that they have before they are whole."""
    pattern = Pattern.parse(path)
    for file in map(pattern.file, numbers) if is_images(path) else [path]:
        yield file
        yield partial_name(file)


def is_images(path: Path) -> bool:
    """Whether a clip to be written is of images; otherwise it is a video."""
    return names_images(path)
