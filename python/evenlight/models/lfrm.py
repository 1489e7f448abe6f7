# SPDX-License-Identifier: Apache-2.0
"""LFRM: shares of a frame and its two warped neighbours where exposure took texture.

BlazeBVD's local flicker removal (Qiu et al., ECCV 2024) fuses three branches by a convolution of 32
channels and two non-local blocks into pixels. A non-local block over a whole frame takes the square
of its pixels in memory; here it looks over windows of 8 by 8. What comes out are three shares, so
that the network chooses among pixels and paints none.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

#: Own, before and after, the mask (three channels each), and how sure each neighbour is.
INPUTS = 14
#: Side of the windows of a non-local block.
WINDOW = 8
#: What differences of branches are multiplied by for the network to see them.
_SCALE = 4.0
#: Odds of the frame itself before anything is learned.
_PRIOR = 2.0


@dataclass(frozen=True, slots=True)
class LfrmConfig:
    """Channels, the size that it works at, and non-local blocks."""

    width: int
    stride: int  # pixels of the input for one of its own
    blocks: int
    convolutions: int  # 3x3, before the first block


#: As published, and a compact one, which is the one that is served.
PAPER = LfrmConfig(width=32, stride=1, blocks=2, convolutions=1)
FAST = LfrmConfig(width=16, stride=2, blocks=1, convolutions=3)


class Lfrm(nn.Module):
    """Network from own, before, after, mask (B, 3, H, W) and confidence (B, 2, H, W) to shares.

    Shares are (B, 3, H, W) of own, before and after, and sum to 1. Sides are multiples of
    `WINDOW` times the stride. Untrained, it mostly believes the frame itself.
    """

    def __init__(self, config: LfrmConfig = FAST) -> None:
        super().__init__()
        width = config.width
        self.stride = config.stride
        layers: list[nn.Module] = [_convolution(INPUTS, width, config.stride), nn.ReLU()]
        for _ in range(config.convolutions - 1):
            layers += [_convolution(width, width), nn.ReLU()]
        for _ in range(config.blocks):
            layers += [NonLocal(width), nn.Conv2d(width, width, 1), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.head = nn.Conv2d(width, 3, 1)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[0], _PRIOR)

    def forward(
        self, own: Tensor, before: Tensor, after: Tensor, lost: Tensor, sure: Tensor
    ) -> Tensor:
        """Shares (B, 3, H, W) of own, before and after."""
        moved = [_SCALE * (side - own) for side in (before, after)]
        odds = self.head(self.body(torch.cat([own, *moved, lost, sure], dim=1)))
        if self.stride > 1:
            odds = nn.functional.interpolate(odds, scale_factor=float(self.stride), mode="bilinear")
        certain = torch.cat([torch.zeros_like(sure[:, :1]), (sure + 1e-4).log()], dim=1)
        return (odds + certain).softmax(dim=1)


class NonLocal(nn.Module):
    """Embedded Gaussian (Wang et al., 2018) within windows; starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = width // 2
        self.embed = nn.Conv2d(width, 3 * self.inner, 1)
        self.back = nn.Conv2d(self.inner, width, 1)
        nn.init.zeros_(self.back.weight)
        assert self.back.bias is not None
        nn.init.zeros_(self.back.bias)

    def forward(self, here: Tensor) -> Tensor:
        """(B, width, H, W) to the same; sides are multiples of `WINDOW`."""
        batch, _, height, width = here.shape
        down, along = height // WINDOW, width // WINDOW
        parts = self.embed(here).reshape(batch, 3, self.inner, down, WINDOW, along, WINDOW)
        # (3, batch, rows and columns of windows, pixels of a window, channels)
        parts = parts.permute(1, 0, 3, 5, 4, 6, 2).reshape(
            3, batch, down * along, WINDOW * WINDOW, self.inner
        )
        likeness = parts[0] @ parts[1].transpose(-1, -2) * self.inner**-0.5
        mixed = likeness.softmax(dim=-1) @ parts[2]
        mixed = mixed.reshape(batch, down, along, WINDOW, WINDOW, self.inner)
        mixed = mixed.permute(0, 5, 1, 3, 2, 4).reshape(batch, self.inner, height, width)
        return here + self.back(mixed)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1)
