# SPDX-License-Identifier: Apache-2.0
"""From pixels to the pictures that an encoder takes."""

from __future__ import annotations

from dataclasses import dataclass

import av

from ..frames import Array
from .clip import Reader
from .pixel_format import PixelFormat
from .stream_format import FULL_RANGE, LIMITED_RANGE
from .video_reader import VideoReader

_BT709 = 1


@dataclass(frozen=True, slots=True)
class Colours:
    """H.273's numbers for what an encoder's samples mean."""

    space: int
    primaries: int
    transfer: int
    range: int

    @classmethod
    def of(cls, source: Reader) -> Colours:
        """Those of a video; images become video as televisions show it."""
        if not isinstance(source, VideoReader):
            return cls(_BT709, _BT709, _BT709, LIMITED_RANGE)
        theirs = source.format
        return cls(theirs.matrix, theirs.primaries, theirs.transfer, theirs.range)


class Pictures:
    """Makes pictures in an encoder's format of pixels, which hold no more than it can."""

    def __init__(self, source: Reader, pixel_format: str) -> None:
        height, width, _ = source.shape
        self._colours = Colours.of(source)
        self._kind = PixelFormat.named(
            pixel_format,
            height,
            width,
            self._colours.space,
            full_range=self._colours.range == FULL_RANGE,
        )

    def picture(self, pixels: Array) -> av.VideoFrame:
        """The picture of pixels (H, W, C)."""
        frame = self._kind.picture(pixels)
        frame.colorspace, frame.color_range = self._colours.space, self._colours.range
        frame.color_primaries = self._colours.primaries
        frame.color_trc = self._colours.transfer
        return frame
