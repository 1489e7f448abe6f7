# SPDX-License-Identifier: Apache-2.0
"""From pixels to the pictures that an encoder takes."""

from __future__ import annotations

import av

from ..frames import Array
from .pixel_format import PixelFormat
from .stream_format import FULL_RANGE, StreamFormat


class Pictures:
    """Makes pictures in an encoder's format of pixels, which hold no more than it can."""

    def __init__(self, target: StreamFormat) -> None:
        name = target.pixel_format
        self._kind = PixelFormat.named(
            name,
            target.height,
            target.width,
            target.matrix,
            full_range=target.range == FULL_RANGE or name.startswith("yuvj"),
        )

    def picture(self, pixels: Array) -> av.VideoFrame:
        """The picture of pixels (H, W, C)."""
        return self._kind.picture(pixels)
