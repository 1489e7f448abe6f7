# SPDX-License-Identifier: Apache-2.0
"""One image file by OpenImageIO: its description, and its pixels as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO

from ..errors import FrameError, MediaError
from ..frames import Array
from . import layers
from .files import check_name
from .window import Window

_DTYPES = {"uint8": np.uint8, "uint16": np.uint16, "half": np.float16, "float": np.float32}
_INTEGERS = {"uint", "int"}  # in OpenEXR ids; other formats have them for pictures too


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Description of an image file: size, channels, depth, colour space."""

    path: Path
    specs: tuple[Any, ...]  # OpenImageIO.ImageSpec, of each part or page
    #: The channels that make the picture: one, or red, green, blue, or those and alpha.
    layer: layers.Layer
    #: Other layers with colours, and pages, which are left as they are, as they are listed.
    others: str
    #: Whether it holds smaller copies of itself, as textures do.
    has_levels: bool

    @property
    def spec(self) -> Any:
        """The specification of the part that has the picture."""
        return self.specs[self.layer.part]

    @property
    def picture(self) -> tuple[int, ...]:
        """Indices of the picture's channels in its part."""
        return self.layer.picture

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the picture's channels in the file."""
        return tuple(self.spec.channelnames[index] for index in self.picture)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the picture, in the data window."""
        return self.spec.height, self.spec.width, len(self.picture)

    @property
    def window(self) -> Window:
        """The data window."""
        return self.spec.x, self.spec.y, self.spec.width, self.spec.height

    @property
    def display(self) -> Window:
        """The display window, which for most formats is the same."""
        spec = self.spec
        return spec.full_x, spec.full_y, spec.full_width, spec.full_height

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The depth of the picture: the file's, or float where a frame cannot have that."""
        formats = list(self.spec.channelformats) or [self.spec.format] * self.spec.nchannels
        kinds = {str(formats[index]) for index in self.picture}
        return np.dtype(_DTYPES.get(kinds.pop(), np.float32) if len(kinds) == 1 else np.float32)

    @property
    def premultiplied(self) -> bool:
        """Whether colour has been multiplied by alpha."""
        return len(self.picture) == 4 and not self.spec.get_int_attribute("oiio:UnassociatedAlpha")

    @property
    def encoding(self) -> str:
        """The file's colour space, by name; OpenEXR is scene-linear unless it says else."""
        named: str = self.spec.get_string_attribute("oiio:ColorSpace")
        return named or ("scene_linear" if is_exr(self.path) else "")


def is_exr(path: Path) -> bool:
    """Whether the name is that of an OpenEXR image."""
    return path.suffix.lower() == ".exr"


def read_header(path: Path, layer: str = "") -> ImageHeader:
    """The description of an image; its pixels are not read.

    `layer` names the one that is the picture, where the file leaves that open. Raises MediaError
    where the file cannot be read, FrameError where it is deep, ParamError where it has no such
    layer.
    """
    with opened(path) as source:
        specs = tuple(_parts(source))
        has_levels = any(source.seek_subimage(part, 1) for part in range(len(specs)))
    if any(spec.deep for spec in specs):
        raise FrameError(
            f"{path} is a deep image, with many samples for each pixel; flatten it before, for "
            "instance: oiiotool IN --flatten -o OUT"
        )
    found = [one for part, spec in enumerate(specs) for one in _layers(path, part, spec)]
    chosen = layers.choose(found, layer, path)
    others = [one for one in found if one is not chosen and len(one.colours) > 1]
    return ImageHeader(path, specs, chosen, layers.listed(others) if others else "", has_levels)


def _parts(source: Any) -> Iterator[Any]:
    part = 0
    while source.seek_subimage(part, 0):
        yield OpenImageIO.ImageSpec(source.spec())
        part += 1


def _layers(path: Path, part: int, spec: Any) -> list[layers.Layer]:
    formats = list(spec.channelformats) or [spec.format] * spec.nchannels
    integer = [is_exr(path) and str(one) in _INTEGERS for one in formats]
    name = spec.get_string_attribute("oiio:subimagename")
    return layers.layers_of(part, name, spec.channelnames, integer)


def read_pixels(header: ImageHeader) -> Array:
    """The picture's channels, (H, W, C), in the picture's depth."""
    first, last = min(header.picture), max(header.picture)
    pixels = read_part(header.path, header.layer.part, header.dtype, (first, last + 1))
    chosen = [index - first for index in header.picture]
    return pixels if chosen == list(range(pixels.shape[2])) else pixels[..., chosen]


def read_part(
    path: Path, part: int, dtype: np.dtype[np.generic] | None, channels: tuple[int, int] = (0, -1)
) -> Array:
    """Channels of one part of an image, (H, W, N); without `dtype` in the depth of the file."""
    with opened(path) as source:
        source.seek_subimage(part, 0)
        spec = source.spec()
        first, last = channels if channels[1] >= 0 else (0, spec.nchannels)
        kind = spec.format if dtype is None else OpenImageIO.TypeDesc(_oiio_name(dtype))
        pixels = source.read_image(part, 0, first, last, kind)
        reason = source.geterror()
    if pixels is None or reason:  # a half JPEG comes with pixels, and with a reason
        raise MediaError(unreadable(path, reason))
    whole: Array = pixels.reshape(spec.height, spec.width, last - first)
    return whole


def read_whole(path: Path) -> list[tuple[Any, Array]]:
    """The specification and the pixels (H, W, N) of each part, in the depth of the file."""
    with opened(path) as source:
        specs = tuple(_parts(source))
    return [(spec, read_part(path, part, None)) for part, spec in enumerate(specs)]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """OpenImageIO's reader of a file; raises MediaError where there is none."""
    check_name(path)
    if not path.is_file():
        raise MediaError(f"{path} does not exist")
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)  # straight alpha stays straight, bit for bit
    source = OpenImageIO.ImageInput.open(str(path), config)
    if source is None:
        raise MediaError(unreadable(path, OpenImageIO.geterror()))
    try:
        yield source
    finally:
        source.close()


def unreadable(path: Path, reason: str) -> str:
    """The sentence for an image that does not decode."""
    reason = " ".join(reason.split()) or "no reason is given"
    return f"{path} cannot be read; it is damaged, half-written or no image ({reason})"


def _oiio_name(dtype: np.dtype[np.generic]) -> str:
    return next(name for name, kind in _DTYPES.items() if np.dtype(kind) == dtype)
