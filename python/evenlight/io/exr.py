# SPDX-License-Identifier: Apache-2.0
"""An OpenEXR image with another picture: all else in it as it was, by the OpenEXR library.

OpenImageIO holds all channels in one type and knows one part at a time. OpenEXR's own library keeps
each channel's type, ids of 32 bits among them, the parts, the tiles and the attributes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

from ..errors import MediaError
from ..frames import Array
from .image import ImageHeader, unreadable
from .image_compression import compress_exr
from .window import Window, put


def write_like(
    header: ImageHeader, target: Path, pixels: Array, window: Window, level: int | None = None
) -> None:
    """Write the image of `header` to `target` with `pixels` (H, W, C) of `window` as its picture.

    Its data window stays, and what of it lies beyond `window`; `level` is of `image_compression`.
    Raises MediaError where the image cannot be read, OSError where `target` cannot be written.
    """
    with _read(header.path) as file:
        if len(file.parts) != len(header.specs):
            raise MediaError(unreadable(header.path, f"part {len(file.parts) + 1} is not whole"))
        part = file.parts[header.layer.part]
        for place, name in enumerate(header.names):
            channel = part.channels[name]
            whole = np.array(channel.pixels)
            put(pixels[..., place], window, whole, header.window)
            channel.pixels = whole
        for one in file.parts:
            _without_levels(one.header)
            compress_exr(one.header, level)
        try:
            file.write(str(target))
        except (RuntimeError, ValueError) as error:
            raise OSError(str(error)) from error


def _without_levels(attributes: Any) -> None:
    """Smaller copies are not read, so none is promised."""
    tiles = attributes.get("tiles")
    if tiles is not None:
        tiles.mode = OpenEXR.ONE_LEVEL
        attributes["tiles"] = tiles


def _read(path: Path) -> Any:
    try:
        return OpenEXR.File(str(path), separate_channels=True)
    except (RuntimeError, ValueError) as error:
        raise MediaError(unreadable(path, str(error))) from error
