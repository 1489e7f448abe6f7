# SPDX-License-Identifier: Apache-2.0
"""Compression of images, all of it without loss: as the source has it, or chosen by measurement.

Levels run from 0, nothing is compressed, to 9, the smallest files. Measured on frames of seven
clips at 1920 x 1080, of 8 bits: PNG takes 78 ms at level 2 with each line as its difference to the
one above, for files of 38.5 % of the pixels' size. libpng's own choice, level 6 with the best of
five filters for each line, takes 453 ms for 37.4 %; level 6 with that one filter 322 ms for 36.0 %.
TIFF takes 88 ms with LZW for 45.9 % and 352 ms with deflate, at any level, for 41.1 %; of 16 bits,
where LZW makes files larger than the pixels, deflate.
"""

from __future__ import annotations

from typing import Any

import OpenEXR

_PNG_LEVEL = 2
_PNG_UP = 0x20  # libpng's number of the filter


def compress(spec: Any, suffix: str, level: int | None, *, is_copy: bool) -> None:
    """Say in a specification how the image is compressed; a copy stays as the source is."""
    if suffix == ".png":
        spec.attribute("png:compressionLevel", _PNG_LEVEL if level is None else level)
        spec.attribute("png:filter", _PNG_UP)
    elif suffix in (".tif", ".tiff", ".exr"):
        if level == 0:
            spec.attribute("compression", "none")
        elif level is not None or not is_copy:
            lzw = suffix != ".exr" and str(spec.format) == "uint8"
            spec.attribute("compression", "lzw" if lzw else "zip")


def compress_exr(header: dict[str, Any], level: int | None) -> None:
    """Say in the header of an OpenEXR part how it is compressed."""
    if level is not None:
        header["compression"] = OpenEXR.ZIP_COMPRESSION if level else OpenEXR.NO_COMPRESSION
