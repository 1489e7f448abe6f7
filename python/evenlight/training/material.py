# SPDX-License-Identifier: Apache-2.0
"""What is trained on: clean clips and mattes of real film damage, in the folder given by --data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ..errors import MediaError
from ..frames import Array
from ..io import open_clip

#: Clips that the benchmark judges by, whose light changes, or of which another shot judges: nothing
#: is trained on these.
KEPT_BACK = (
    "boof_parkinglot", "boof_logbuilding", "intel_bottles", "sam2_blocks", "tos_5",
    "mdn_flower", "pexels_citydusk_tl", "tos_1", "tos_2", "tos_2b", "tos_3", "tos_6",
)  # fmt: skip
#: Kinds of damage mattes that blotches are made of; hairs and scratches are no blotches.
SPRITES = ("dirt", "dots", "lint", "smut", "spots", "sprinkles", "stain", "hair-short")


def clip_names(data: Path) -> list[str]:
    """Clips that may be trained on, sorted; raises MediaError where there are none."""
    names = sorted(p.stem for p in (data / "clips").glob("*.mp4") if p.stem not in KEPT_BACK)
    if not names:
        raise MediaError(f"there are no clips in {data / 'clips'}; name the folder with --data")
    return names


def load_clip(data: Path, name: str, frames: int, size: tuple[int, int]) -> Array:
    """The first frames of a clip as (T, H, W, 3) float32 0..1, area-resized to (width, height)."""
    reader = open_clip(data / "clips" / f"{name}.mp4")
    try:
        pictures = []
        for number in range(reader.first, min(reader.last, reader.first + frames - 1) + 1):
            frame = reader.frame(number)
            assert frame is not None
            pixels = frame.pixels()
            high = np.float32(np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1)
            pictures.append(cv2.resize(pixels[..., :3], size, interpolation=cv2.INTER_AREA) / high)
    finally:
        reader.close()
    return np.stack(pictures).astype(np.float32)


def sprite_mattes(data: Path) -> list[Array]:
    """Alpha mattes of real damage, each (h, w) float32 0..1, cropped to what is there."""
    found = []
    for kind in SPRITES:
        for path in sorted((data / "overlays" / "fds_sprites" / kind).glob("*.png")):
            matte = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if matte is None:
                raise MediaError(f"{path} cannot be read; get the data folder again")
            rows, columns = np.nonzero(np.asarray(matte) > 24)
            if len(rows) >= 12:
                part = matte[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                found.append(part.astype(np.float32) / np.float32(255))
    return found
