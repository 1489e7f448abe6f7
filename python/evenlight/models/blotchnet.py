# SPDX-License-Identifier: Apache-2.0
"""BlotchNet: a small U-Net from pictures to the log odds that a pixel is blotched."""

from __future__ import annotations

import torch
from torch import Tensor, nn

#: Channels at each scale, from full to an eighth.
WIDTHS = (8, 24, 40, 48)
#: Odds before anything is learned: blotches cover about a hundredth.
_PRIOR = -4.0


class BlotchNet(nn.Module):
    """U-Net from pictures (B, inputs, H, W) to log odds (B, 1, H, W); sides multiples of 8."""

    def __init__(self, inputs: int = 8) -> None:
        super().__init__()
        first, second, third, last = WIDTHS
        self.stem = _convolution(inputs, first)
        self.down = nn.ModuleList(
            [
                nn.Sequential(_convolution(first, second, stride=2), _convolution(second, second)),
                nn.Sequential(_convolution(second, third, stride=2), _convolution(third, third)),
                nn.Sequential(
                    _convolution(third, last, stride=2),
                    _convolution(last, last),
                    _convolution(last, last),
                ),
            ]
        )
        self.merge = nn.ModuleList(
            [
                _convolution(last + third, third, size=1),
                _convolution(third + second, second, size=1),
                _convolution(second + first, first, size=1),
            ]
        )
        self.up = nn.ModuleList([_convolution(width, width) for width in (third, second, first)])
        self.head = nn.Conv2d(first, 1, 1)
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, _PRIOR)

    def forward(self, pictures: Tensor) -> Tensor:
        """Log odds (B, 1, H, W) of pictures (B, inputs, H, W)."""
        scales = [self.stem(pictures)]
        for down in self.down:
            scales.append(down(scales[-1]))
        here = scales.pop()
        for merge, up in zip(self.merge, self.up, strict=True):
            larger = nn.functional.interpolate(here, scale_factor=2.0, mode="nearest")
            here = up(merge(torch.cat([larger, scales.pop()], dim=1)))
        return self.head(here)


def _convolution(inputs: int, outputs: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
