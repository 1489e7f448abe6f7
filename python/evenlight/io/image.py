# SPDX-License-Identifier: Apache-2.0
"""One image file by OpenImageIO: its description, and its pixels as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO

from ..errors import MediaError
from ..frames import Array

_DTYPES = {"uint8": np.uint8, "uint16": np.uint16, "half": np.float16, "float": np.float32}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Description of an image file: size, channels, depth, colour space."""

    path: Path
    spec: Any  # OpenImageIO.ImageSpec
    #: Indices of the channels that make the picture: one, or red, green, blue, or those and alpha.
    picture: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the picture, in the data window."""
        return self.spec.height, self.spec.width, len(self.picture)

    @property
    def window(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the data window."""
        return self.spec.x, self.spec.y, self.spec.width, self.spec.height

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The depth of the picture: the file's, or float where a frame cannot have that."""
        return np.dtype(_DTYPES.get(str(self.spec.format), np.float32))

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return len(self.picture) == 4 and not self.spec.get_int_attribute("oiio:UnassociatedAlpha")

    @property
    def encoding(self) -> str:
        """The file's colour space, by name; OpenEXR is scene-linear unless it says else."""
        named: str = self.spec.get_string_attribute("oiio:ColorSpace")
        linear = self.path.suffix.lower() == ".exr"
        return named or ("scene_linear" if linear else "")


def _picture(names: list[str]) -> tuple[int, ...]:
    """The channels to work on; those of a render beside them (depth, normals) are left alone."""
    place = {name: index for index, name in reversed(list(enumerate(names)))}
    if all(name in place for name in "RGB"):
        return tuple(place[name] for name in "RGBA" if name in place)
    if "Y" in place:
        return (place["Y"],)
    return (0, 1, 2) if len(names) >= 3 else (0,)


def _open(path: Path) -> Any:
    if not path.is_file():
        raise MediaError(f"{path} does not exist")
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)  # straight alpha stays straight, bit for bit
    source = OpenImageIO.ImageInput.open(str(path), config)
    if source is None:
        raise MediaError(_unreadable(path, OpenImageIO.geterror()))
    return source


def _unreadable(path: Path, reason: str) -> str:
    reason = " ".join(reason.split()) or "no reason is given"
    return f"{path} cannot be read; it is damaged, half-written or no image ({reason})"


def read_header(path: Path) -> ImageHeader:
    """The description of an image; its pixels are not read."""
    source = _open(path)
    spec = source.spec()
    source.close()
    return ImageHeader(path, spec, _picture(list(spec.channelnames)))


def read_pixels(header: ImageHeader) -> Array:
    """Every channel of the image, (H, W, N), in the picture's depth."""
    source = _open(header.path)
    pixels = source.read_image(str(OpenImageIO.TypeDesc(_oiio_name(header.dtype))))
    reason = source.geterror()
    source.close()
    if pixels is None or reason:  # a half JPEG comes with pixels, and with a reason
        raise MediaError(_unreadable(header.path, reason))
    whole: Array = pixels.reshape(header.spec.height, header.spec.width, -1)
    return whole


def _oiio_name(dtype: np.dtype[np.generic]) -> str:
    return next(name for name, kind in _DTYPES.items() if np.dtype(kind) == dtype)
