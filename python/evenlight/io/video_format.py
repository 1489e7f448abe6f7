# SPDX-License-Identifier: Apache-2.0
"""Conversion of PyAV's frames to arrays: planes of luma and chroma, or packed pixels."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np

from ..frames import Array
from .yuv import YuvLayout, knows

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Layout of a video's pictures: planes of `layout`, or packed pixels named `packed`."""

    layout: YuvLayout | None
    packed: str
    shape: tuple[int, int, int]
    dtype: np.dtype[np.generic]

    @classmethod
    def of(cls, frame: av.VideoFrame) -> PixelFormat:
        """The way that loses nothing of this frame."""
        kind = frame.format
        parts = kind.components
        bits = parts[0].bits
        plain = kind.name.startswith(("yuv4", "yuvj4", "gray")) and not kind.is_big_endian
        if (
            plain
            and len(parts) in (1, 3)
            and _planar(kind)
            and 8 <= bits <= 16
            and knows(frame.colorspace)
        ):
            return cls.luma_chroma(frame)
        alpha = len(parts) == 4 or kind.has_palette
        packed = (
            ("rgba" if alpha else "rgb24") if bits <= 8 else ("rgba64le" if alpha else "rgb48le")
        )
        dtype = np.dtype(np.uint8 if bits <= 8 else np.uint16)
        return cls(None, packed, (frame.height, frame.width, 4 if alpha else 3), dtype)

    @classmethod
    def luma_chroma(cls, frame: av.VideoFrame) -> PixelFormat:
        """The planes of a frame whose format is planar."""
        layout = YuvLayout(
            frame.height,
            frame.width,
            bits=frame.format.components[0].bits,
            subsampling=subsampling(frame.format),
            full_range=frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj"),
            matrix=frame.colorspace,
        )
        return cls(layout, "", (frame.height, frame.width, 3), np.dtype(np.float32))

    def array(self, frame: av.VideoFrame, rows: slice = slice(None)) -> Array:
        """The chosen rows, (h, W, C)."""
        if self.layout is not None:
            return self.layout.rgb(plane_arrays(frame, self.layout.dtype), rows)
        return frame.to_ndarray(format=self.packed)[rows]


def _planar(kind: av.VideoFormat) -> bool:
    return len({part.plane for part in kind.components}) == len(kind.components)


def subsampling(kind: av.VideoFormat) -> tuple[int, int] | None:
    """Powers of two by which chroma is smaller, down and across; None for luma alone."""
    if len(kind.components) == 1:
        return None
    return (1024 // kind.chroma_height(1024)).bit_length() - 1, (
        1024 // kind.chroma_width(1024)
    ).bit_length() - 1


def plane_arrays(frame: av.VideoFrame, dtype: np.dtype[np.generic]) -> list[Array]:
    """Views of the planes without the padding of their rows."""
    return [
        np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    ]
