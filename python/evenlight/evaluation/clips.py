# SPDX-License-Identifier: Apache-2.0
"""Clips, films, photographs and mattes of real film damage in the folder given by --data."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ..errors import MediaError
from ..frames import Array
from ..io import open_clip
from .split import may_train

#: Kinds of damage mattes that blotches are made of; hairs and scratches are no blotches.
SPRITES = ("dirt", "dots", "lint", "smut", "spots", "sprinkles", "stain", "hair-short")
#: Opacity, of 255, above which a pixel of a matte counts, and how many must for it to be used.
_OPAQUE, _LEAST_PIXELS = 24, 12
#: Longest side, in pixels, of mattes that are laid small.
_LARGEST_MATTE = 160


def training_names(data: Path) -> list[str]:
    """Names of the clips that may be trained on, sorted; raises MediaError where there are none."""
    names = sorted(p.stem for p in (data / "clips").glob("*.mp4") if may_train(p.stem))
    if not names:
        raise MediaError(f"there are no clips in {data / 'clips'}; name the folder with --data")
    return names


def photographs(data: Path) -> list[Path]:
    """The photographs, sorted; raises MediaError where there are none."""
    found = sorted((data / "photos").glob("*.jpg"))
    if not found:
        raise MediaError(f"there are no photographs in {data / 'photos'}; name the folder")
    return found


def manifest(data: Path, *, with_photographs: bool = False, with_mattes: bool = False) -> list[str]:
    """The material in a folder, as a network's card lists it: clips by name, the rest counted."""
    entries = training_names(data)
    if with_photographs:
        entries.append(f"{len(photographs(data))} photographs")
    if with_mattes and (mattes := sprite_mattes(data)):
        entries.append(f"{len(mattes)} mattes of fds_sprites")
    return entries


def media_of(data: Path, name: str) -> list[Path]:
    """Files of a recording: its video, or its stills in order; none where it is not there."""
    folder = data / "oldfilm" / name
    for video in (data / "clips" / f"{name}.mp4", folder / "clip.mp4"):
        if video.is_file():
            return [video]
    return sorted(p for p in folder.glob("*") if p.suffix in (".png", ".jpg"))


def load_clip(data: Path, name: str, frames: int, size: tuple[int, int]) -> Array:
    """The first frames of a clip as (T, H, W, 3) float32 0..1, area-resized to (width, height)."""
    pictures = []
    for pixels in _decoded(data / "clips" / f"{name}.mp4", frames):
        high = np.float32(np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1)
        pictures.append(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) / high)
    return np.stack(pictures).astype(np.float32)


def load_film(data: Path, name: str, frames: int, size: tuple[int, int]) -> Array:
    """The first frames of a film as (T, H, W, 3) in its own depth, area-resized.

    Raises MediaError where it is not there.
    """
    media = media_of(data, name)
    if media and media[0].suffix == ".mp4":
        pictures = _decoded(media[0], frames)
    else:
        pictures = [still(path) for path in islice(media, frames)]
    if not pictures:
        raise MediaError(f"there is no film {name} in {data}; name the folder with --data")
    return np.stack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in pictures])


def still(path: Path) -> Array:
    """A picture file as (H, W, 3) uint8 RGB; raises MediaError where it cannot be read."""
    read = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if read is None:
        raise MediaError(f"{path} cannot be read; get the data folder again")
    return np.asarray(read)


def sprite_mattes(data: Path) -> list[Array]:
    """Alpha mattes of real damage, each (h, w) float32 0..1, cropped to what is there.

    Raises MediaError where one cannot be read.
    """
    found = []
    for kind in SPRITES:
        for path in sorted((data / "overlays" / "fds_sprites" / kind).glob("*.png")):
            matte = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if matte is None:
                raise MediaError(f"{path} cannot be read; get the data folder again")
            rows, columns = np.nonzero(np.asarray(matte) > _OPAQUE)
            if len(rows) >= _LEAST_PIXELS:
                part = matte[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                found.append(part.astype(np.float32) / np.float32(255))
    return found


def small_mattes(data: Path) -> list[Array]:
    """The mattes of `sprite_mattes`, no larger than they are laid: processes are sent all of them.

    Raises MediaError where one cannot be read.
    """
    return [_reduced(matte) for matte in sprite_mattes(data)]


def _reduced(matte: Array) -> Array:
    share = _LARGEST_MATTE / max(matte.shape)
    if share >= 1:
        return matte
    size = max(2, round(matte.shape[1] * share)), max(2, round(matte.shape[0] * share))
    return np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA))


def _decoded(video: Path, frames: int) -> list[Array]:
    """The first frames of a video, each (H, W, 3) in its own depth."""
    reader = open_clip(video)
    try:
        numbers = range(reader.first, min(reader.last, reader.first + frames - 1) + 1)
        read = [reader.frame(number) for number in numbers]
        return [frame.pixels()[..., :3] for frame in read if frame is not None]
    finally:
        reader.close()
