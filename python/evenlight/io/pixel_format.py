# SPDX-License-Identifier: Apache-2.0
"""Conversion between PyAV's pictures and arrays, which gives back what nobody changed.

Luma and chroma go through `yuv`; packed and semi-planar formats are first laid out as planes, which
moves samples and changes none.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np

from ..errors import MediaError
from ..frames import Array
from ..kernels.depth import as_float, is_integer
from .stream_format import FULL_RANGE
from .video_probe import has_alpha, sampling, subsampling
from .yuv import YuvLayout

_PACKED = {(8, False): "rgb24", (8, True): "rgba", (16, False): "rgb48le", (16, True): "rgba64le"}
#: Planes in which two components take turns, of formats that swscale would change.
_ALTERNATING = {"p016le": (1,), "ya8": (0,), "ya16le": (0,)}


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Layout of a video's pictures, and the arrays that they become."""

    name: str
    #: The same samples, one plane for each component; or packed RGB.
    planar: str
    bits: int
    alpha: bool
    #: How planes of luma and chroma hold colours; None for RGB.
    layout: YuvLayout | None
    shape: tuple[int, int, int]
    dtype: np.dtype[np.generic]

    @classmethod
    def of(cls, frame: av.VideoFrame) -> PixelFormat:
        """The way that loses nothing of this frame."""
        is_full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
        return cls.named(
            frame.format.name, frame.height, frame.width, frame.colorspace, full_range=is_full
        )

    @classmethod
    def named(
        cls, name: str, height: int, width: int, matrix: int, *, full_range: bool
    ) -> PixelFormat:
        """The layout of a format by FFmpeg's name; raises MediaError for one without planes."""
        kind = av.VideoFormat(name)
        bits, alpha = max(8, *(part.bits for part in kind.components)), has_alpha(kind)
        planar = _planar(kind, bits, alpha)
        shape = height, width, 4 if alpha else 3
        if sampling(kind) == "RGB":
            dtype = np.dtype({8: np.uint8, 16: np.uint16}.get(bits, np.float32))
            return cls(name, planar, bits, alpha, None, shape, dtype)
        layout = YuvLayout(height, width, bits, subsampling(kind), full_range, matrix)
        return cls(name, planar, bits, alpha, layout, shape, np.dtype(np.float32))

    def array(self, frame: av.VideoFrame, rows: slice = slice(None)) -> Array:
        """The chosen rows, (h, W, C)."""
        if self.planar in _PACKED.values():
            return frame.to_ndarray(format=self.planar)[rows]
        planes = self._planes(frame)
        if self.layout is None:
            green, blue, red, *alpha = planes
            parts = [plane[rows] for plane in (red, green, blue, *alpha)]
            whole = np.stack(parts, axis=-1)
            return whole if self.bits == 32 else whole * np.float32(1 / self._top)
        colour = self.layout.rgb(planes, rows)
        if not self.alpha:
            return colour
        return np.concatenate([colour, planes[-1][rows, :, None] * np.float32(1 / self._top)], 2)

    def picture(self, pixels: Array) -> av.VideoFrame:
        """The picture of pixels (H, W, C), which holds no more than its format can."""
        height, width, _ = pixels.shape
        if self.planar in _PACKED.values():
            frame = av.VideoFrame.from_ndarray(self._packed(pixels), format=self.planar)
        else:
            of_jpeg = self.name.startswith("yuvj")  # the same planes under another name
            frame = av.VideoFrame(width, height, self.name if of_jpeg else self.planar)
            places = plane_arrays(frame, self._kind)
            for place, plane in zip(places, self._split(pixels), strict=True):
                place[:] = plane
        return frame if frame.format.name == self.name else frame.reformat(format=self.name)

    @property
    def _top(self) -> int:
        return (1 << self.bits) - 1

    @property
    def _kind(self) -> np.dtype[np.generic]:
        return np.dtype(np.float32 if self.bits == 32 else np.uint8 if self.bits == 8 else "<u2")

    def _planes(self, frame: av.VideoFrame) -> list[Array]:
        """Views of the planes, or of a copy whose samples lie in planes."""
        name = frame.format.name
        if name not in (self.planar, *_ALTERNATING) and not name.startswith("yuvj"):
            frame = frame.reformat(format=self.planar)
        return plane_arrays(frame, self._kind)

    def _packed(self, pixels: Array) -> Array:
        whole = _with_channels(pixels, 4 if self.alpha else 3)
        return np.ascontiguousarray(self._rounded(whole))

    def _split(self, pixels: Array) -> list[Array]:
        """The planes in the order of the format."""
        whole = _with_channels(pixels, 4 if self.alpha else 3)
        if self.layout is not None:
            planes = self.layout.planes(np.ascontiguousarray(as_float(whole[..., :3])))
            return [*planes, *(self._rounded(whole[..., i]) for i in range(3, whole.shape[2]))]
        samples = self._rounded(whole)
        return [samples[..., channel] for channel in (1, 2, 0, 3)[: whole.shape[2]]]

    def _rounded(self, pixels: Array) -> Array:
        """Samples from 0 to the top; whole numbers of another depth are scaled."""
        if pixels.dtype == self._kind and (is_integer(pixels.dtype) and self.bits in (8, 16)):
            return pixels
        values = np.nan_to_num(as_float(pixels))
        if self.bits == 32:
            return values
        return np.rint(np.clip(values, 0, 1) * np.float32(self._top)).astype(self._kind)


def plane_arrays(frame: av.VideoFrame, dtype: np.dtype[np.generic]) -> list[Array]:
    """Views of the components without the padding of rows; alternating ones are parted."""
    pairs = _ALTERNATING.get(frame.format.name, ())
    views = []
    for index, plane in enumerate(frame.planes):
        whole = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
        if index in pairs:
            wide = whole[:, : 2 * plane.width]
            views += [wide[:, 0::2], wide[:, 1::2]]
        else:
            views.append(whole[:, : plane.width])
    return views


def _planar(kind: av.VideoFormat, bits: int, alpha: bool) -> str:
    """FFmpeg's name of the format with these samples and a plane for each component."""
    deep = "" if bits == 8 else f"{bits}le"
    colours = sampling(kind)
    if colours == "RGB":
        name = _PACKED.get((bits, alpha)) or f"gbr{'a' if alpha else ''}p{_float(kind) or deep}"
    elif colours == "grey":
        name = f"ya{bits}{'le' if deep else ''}" if alpha else f"gray{deep}"
    else:
        name = f"yuv{'a' if alpha else ''}{colours.replace(':', '')}p{deep}"
    try:
        return av.VideoFormat(name).name
    except ValueError as error:
        raise MediaError(f"pictures of the format {kind.name} are not read") from error


def _float(kind: av.VideoFormat) -> str:
    return "f32le" if kind.components[0].bits == 32 else ""


def _with_channels(pixels: Array, wanted: int) -> Array:
    """(H, W, wanted): grey is repeated, alpha added or left out."""
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] < wanted:
        top = np.iinfo(pixels.dtype).max if is_integer(pixels.dtype) else 1
        solid = np.full((*pixels.shape[:2], 1), top, pixels.dtype)
        return np.concatenate([pixels, solid], axis=2)
    return pixels[..., :wanted]
