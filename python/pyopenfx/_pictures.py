# SPDX-License-Identifier: Apache-2.0
"""Frames in files: .npy by NumPy alone, numbered PNG and EXR by OpenImageIO."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import ParamError, PyOpenFXError

IMAGES = (".png", ".exr")
#: Colour is passed as it is, not multiplied or divided by alpha.
_STRAIGHT = "oiio:UnassociatedAlpha"
_NUMBER = re.compile(r"#+|%0?([0-9]*)d")
#: Depth of a file by the frames' type: PNG holds whole numbers, EXR halves and floats.
_DEPTHS = {
    ".png": {"uint8": "uint8", "uint16": "uint16", "float16": "uint16", "float32": "uint16"},
    ".exr": {"uint8": "half", "uint16": "float", "float16": "half", "float32": "float"},
}


def read_frames(path: Path) -> tuple[Sequence[Any], int]:
    """Frames (h, w, C) of a file, a folder or a name with #### for the number; and the first one's.

    Raises ParamError where there are none, PyOpenFXError where one cannot be read.
    """
    if path.is_dir():
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in (".npy", *IMAGES))
        if not files:
            raise ParamError(f"{path} holds no .npy, .png or .exr files")
        return [_read(file) for file in files], 0
    if path.suffix.lower() in IMAGES:
        numbered = _numbered(path)
        return [_read(file) for file in numbered.values()], next(iter(numbered))
    frames = np.load(path, mmap_mode="r")
    return (frames[None] if frames.ndim == 3 else frames), 0


def check_target(path: Path, n_frames: int, first: int, *, overwrite: bool) -> None:
    """Raise ParamError where the frames have no place at `path`."""
    for file in _targets(path, n_frames, first):
        if file.exists() and not overwrite:
            raise ParamError(f"{file} exists; say --overwrite to replace it")
    if path.suffix.lower() in IMAGES:
        _library()


def write_frames(path: Path, frames: Iterable[Any], n_frames: int, first: int) -> None:
    """Write frames (h, w, C), each as soon as it is there but in a .npy; whole or not at all."""
    if path.suffix.lower() not in IMAGES:
        _whole(path, partial(_save, frames=list(frames)))
        return
    for file, pixels in zip(_targets(path, n_frames, first), frames, strict=True):
        _whole(file, partial(_write, pixels=pixels))


def _save(path: Path, frames: list[Any]) -> None:
    with path.open("wb") as file:
        np.save(file, np.stack(frames))


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    unfinished = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        write(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _targets(path: Path, n_frames: int, first: int) -> Iterator[Path]:
    if path.suffix.lower() not in IMAGES:
        yield path
        return
    found = _NUMBER.search(path.name)
    if found is None and n_frames > 1:
        raise ParamError(
            f"{path} is one image, and {n_frames} frames are rendered; write a name such as "
            "out.####.exr, or say --frames"
        )
    for number in range(first, first + n_frames):
        yield path if found is None else path.with_name(_named(path.name, found, number))


def _named(name: str, found: re.Match[str], number: int) -> str:
    width = int(found[1] or 0) if found[0].startswith("%") else len(found[0])
    return f"{name[: found.start()]}{number:0{width}d}{name[found.end() :]}"


def _numbered(path: Path) -> dict[int, Path]:
    """The files of a name by their numbers, rising; one file where the name holds none."""
    found = _NUMBER.search(path.name)
    if found is None:
        return {0: path}
    before, after = path.name[: found.start()], path.name[found.end() :]
    pattern = re.compile(re.escape(before) + r"([0-9]+)" + re.escape(after))
    matches = [(pattern.fullmatch(file.name), file) for file in path.parent.iterdir()]
    files = {int(match[1]): file for match, file in matches if match is not None}
    if not files:
        raise ParamError(f"there are no images {path}")
    return dict(sorted(files.items()))


def _read(file: Path) -> Any:
    if file.suffix.lower() == ".npy":
        return np.load(file)
    library = _library()
    as_stored = library.ImageSpec()
    as_stored.attribute(_STRAIGHT, 1)
    image = library.ImageInput.open(str(file), as_stored)
    if image is None:
        raise PyOpenFXError(f"{file} cannot be read: {library.geterror().strip()}")
    try:
        kind = str(image.spec().format)
        pixels = image.read_image(kind if kind in ("uint8", "uint16", "half") else "float")
        reason = image.geterror().strip()
    finally:
        image.close()
    if pixels is None:
        raise PyOpenFXError(f"{file} cannot be read: {reason}")
    if pixels.shape[2] not in (1, 3, 4):
        raise ParamError(f"{file} has {pixels.shape[2]} channels; frames have 1, 3 or 4")
    return pixels


def _write(file: Path, pixels: Any) -> None:
    library = _library()
    pixels = np.ascontiguousarray(pixels)
    depth = _DEPTHS[file.suffix.lower()][str(pixels.dtype)]
    height, width, channels = pixels.shape
    image = library.ImageOutput.create(str(file))
    spec = library.ImageSpec(width, height, channels, depth)
    spec.attribute(_STRAIGHT, 1)
    if (
        image is None
        or not image.open(str(file), spec)
        or not image.write_image(pixels)
        or not image.close()
    ):
        reason = (image.geterror() if image is not None else library.geterror()).strip()
        raise PyOpenFXError(f"{file} cannot be written: {reason}")


def _library() -> Any:
    try:
        import OpenImageIO
    except ImportError as error:
        raise PyOpenFXError(
            "PNG and EXR are read and written by OpenImageIO; run "
            "`pip install pyopenfx[images]`, or use .npy"
        ) from error
    return OpenImageIO
