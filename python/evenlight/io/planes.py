# SPDX-License-Identifier: Apache-2.0
"""From pixels to the pictures that an encoder takes."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np

from ..frames import Array
from ..kernels.depth import as_float, is_integer
from .clip import Reader
from .video_format import PixelFormat, plane_arrays
from .video_reader import VideoReader

_BT709 = 1
_LIMITED_RANGE, _FULL_RANGE = 1, 2
_PACKED = {
    (3, "uint8"): "rgb24",
    (3, "uint16"): "rgb48le",
    (4, "uint8"): "rgba",
    (4, "uint16"): "rgba64le",
}


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
            return cls(_BT709, _BT709, _BT709, _LIMITED_RANGE)
        theirs = source.stream.codec_context
        layout = source.format.layout
        is_full = layout is not None and layout.full_range
        return cls(
            theirs.colorspace,
            theirs.color_primaries,
            theirs.color_trc,
            _FULL_RANGE if is_full else theirs.color_range,
        )


class Pictures:
    """Makes pictures in an encoder's format of pixels, which hold no more than it can."""

    def __init__(self, source: Reader, pixel_format: str) -> None:
        height, width, _ = source.shape
        self._colours = Colours.of(source)
        self._kind = pixel_format
        self._layout = PixelFormat.of(self._coloured(av.VideoFrame(width, height, pixel_format)))

    def picture(self, pixels: Array) -> av.VideoFrame:
        """The picture of pixels (H, W, C)."""
        height, width, _ = pixels.shape
        layout = self._layout.layout
        if layout is None:
            packed = _packed(pixels)
            kind = _PACKED[(packed.shape[2], packed.dtype.name)]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(packed), format=kind)
            frame = frame.reformat(format=self._kind)
        else:
            frame = av.VideoFrame(width, height, self._kind)
            planes = layout.planes(_unit_rgb(pixels))
            for place, plane in zip(plane_arrays(frame, layout.dtype), planes, strict=True):
                place[:] = plane
        return self._coloured(frame)

    def _coloured(self, frame: av.VideoFrame) -> av.VideoFrame:
        frame.colorspace, frame.color_range = self._colours.space, self._colours.range
        return frame


def _unit_rgb(pixels: Array) -> Array:
    """(H, W, 3) float32, 1 for white; grey is repeated, alpha has no place in these formats."""
    rgb = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.ascontiguousarray(as_float(rgb))


def _packed(pixels: Array) -> Array:
    """Whole numbers of 8 or 16 bits with 3 or 4 channels."""
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if is_integer(pixels.dtype):
        return pixels
    return np.rint(np.clip(np.nan_to_num(pixels.astype(np.float32)), 0, 1) * 65535).astype(
        np.uint16
    )
