# SPDX-License-Identifier: Apache-2.0
"""Conversion between the planes of video and RGB that gives back unchanged what nobody changed.

RGB is float32 with 1 for reference white and is not clamped: super-white and colours outside the
RGB cube survive. Chroma is repeated on the way in and averaged on the way out, which are exact
inverses; interpolating would soften colour at every generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..frames import Array
from ..kernels import opencv

#: Shares of red and blue in luma, by the number that H.273 gives to the matrix.
_LUMA = {
    1: (0.2126, 0.0722),  # BT.709
    4: (0.30, 0.11),  # FCC
    5: (0.299, 0.114),  # BT.601
    6: (0.299, 0.114),
    7: (0.212, 0.087),  # SMPTE 240M
    9: (0.2627, 0.0593),  # BT.2020
    10: (0.2627, 0.0593),
}
_LUMA |= {11: _LUMA[9], 12: _LUMA[1], 13: _LUMA[1], 14: _LUMA[9]}  # the nearest plain ones
_YCGCO = 8
UNSPECIFIED = 2
_HIGH_DEFINITION = 720  # rows from which untagged video is taken for BT.709, as players do


@dataclass(frozen=True)
class YuvLayout:
    """Matrix, range and subsampling by which the planes of a video hold its colours."""

    height: int
    width: int
    bits: int
    #: Powers of two by which chroma is smaller; None for luma alone.
    subsampling: tuple[int, int] | None  # vertical, horizontal
    full_range: bool
    matrix: int = UNSPECIFIED

    @cached_property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """Of the samples in the planes."""
        return np.dtype(np.uint8 if self.bits == 8 else "<u2")

    @cached_property
    def _weights(self) -> tuple[float, float, float]:
        """Shares of red, green and blue in luma."""
        matrix = self.matrix
        if matrix not in _LUMA:
            matrix = 1 if self.height >= _HIGH_DEFINITION else 6
        red, blue = _LUMA[matrix]
        return red, 1 - red - blue, blue

    @cached_property
    def _samples(self) -> tuple[float, float, float, float]:
        """Black and neutral as sample values, and the samples from 0 to 1 of luma and chroma."""
        unit = float(1 << (self.bits - 8))
        if self.full_range:
            top = float((1 << self.bits) - 1)
            return 0.0, 128 * unit, top, top
        return 16 * unit, 128 * unit, 219 * unit, 224 * unit

    @cached_property
    def _to_rgb(self) -> Array:  # (3, 4): rows R, G, B; columns Y, U, V, 1, from sample values
        red, green, blue = self._weights
        black, neutral, luma, chroma = self._samples
        rows = [
            [1, 0, 2 * (1 - red)],
            [1, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green],
            [1, 2 * (1 - blue), 0],
        ]
        if self.matrix == _YCGCO:
            rows = [[1, -1, 1], [1, 1, 0], [1, -1, -1]]
        rgb = np.array(rows)
        scaled = rgb / [luma, chroma, chroma]
        offset = -(scaled[:, 0] * black + (scaled[:, 1] + scaled[:, 2]) * neutral)
        return np.column_stack([scaled, offset])

    @cached_property
    def _to_yuv(self) -> Array:  # (3, 4), the inverse
        red, green, blue = self._weights
        black, neutral, luma, chroma = self._samples
        y = np.array([red, green, blue])
        u = (np.array([0, 0, 1]) - y) / (2 * (1 - blue))
        v = (np.array([1, 0, 0]) - y) / (2 * (1 - red))
        if self.matrix == _YCGCO:
            y, u, v = np.array([[0.25, 0.5, 0.25], [-0.25, 0.5, -0.25], [0.5, 0, -0.5]])
        return np.column_stack(
            [np.stack([y * luma, u * chroma, v * chroma]), [black, neutral, neutral]]
        )

    def rgb(self, planes: list[Array], rows: slice = slice(None)) -> Array:
        """The chosen rows of the picture, (h, W, 3) float32."""
        to_rgb = self._to_rgb.astype(np.float32)
        luma = planes[0][rows] * to_rgb[0, 0]
        out = np.empty((*luma.shape, 3), np.float32)
        for channel in range(3):
            np.add(luma, self._chroma_share(planes, rows, to_rgb[channel]), out=out[..., channel])
        return out

    def _chroma_share(self, planes: list[Array], rows: slice, weights: Array) -> Array:
        """Share of chroma in a channel (h, W), computed on the small planes, then repeated."""
        if self.subsampling is None:
            neutral = np.float32(1 << (self.bits - 1))
            return weights[3] + neutral * (weights[1] + weights[2])
        down, across = self.subsampling
        which = np.arange(self.height)[rows]
        small = np.arange((self.height + (1 << down) - 1) >> down)
        if which.size < self.height:
            small, which = np.unique(which >> down, return_inverse=True)
        else:
            which = which >> down
        blue, red = (plane[small] for plane in planes[1:3])
        share = blue * weights[1] + red * weights[2] + weights[3]
        wide = np.repeat(share, 1 << across, axis=1)[:, : self.width] if across else share
        return wide[which]

    def planes(self, rgb: Array) -> list[Array]:
        """The planes of `rgb`, (H, W, 3) float32, rounded."""
        yuv = opencv.transform(np.nan_to_num(rgb), self._to_yuv)
        if self.subsampling is None:
            return [self._rounded(yuv[..., 0])]
        return [self._rounded(yuv[..., 0]), *(self._narrowed(yuv[..., i]) for i in (1, 2))]

    def _narrowed(self, chroma: Array) -> Array:
        assert self.subsampling is not None
        down, across = (1 << power for power in self.subsampling)
        chroma = opencv.copyMakeBorder(
            chroma, 0, -self.height % down, 0, -self.width % across, opencv.BORDER_REPLICATE
        )
        h, w = chroma.shape
        return self._rounded(chroma.reshape(h // down, down, w // across, across).mean((1, 3)))

    def _rounded(self, plane: Array) -> Array:
        return np.clip(np.rint(plane), 0, (1 << self.bits) - 1).astype(self.dtype)
