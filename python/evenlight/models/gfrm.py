# SPDX-License-Identifier: Apache-2.0
"""GFRM: a U-Net over a frame and its filtered illumination that estimates its relative deficit.

BlazeBVD's global flicker removal (Qiu et al., ECCV 2024) is a U-Net of 32 to 512 channels from
frame and filtered illumination to pixels. Here it sees, instead of one illumination, what each
neighbour and the exact solver say of every cell, chooses among them, and tells how sure it is; the
field is then fitted to its choice. So nothing comes out that was not measured, the field is smooth
whatever the network does, and what it was not trained on cannot make it invent light.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..flicker.network_answer import LEAST_CONFIDENCE, UNIT
from ..flicker.network_inputs import CANDIDATES, CONTEXT

#: What relations are multiplied by for the network to see them.
_SCALE = 4.0
#: Channels of the answer: whom to believe, nobody, certainty.
ANSWERS = CANDIDATES + 2


@dataclass(frozen=True, slots=True)
class GfrmConfig:
    """Channels at each scale, from the preview's cells downwards."""

    widths: tuple[int, ...]


#: As published, and a compact one, which is the one that is served.
PAPER = GfrmConfig((32, 64, 128, 256, 512))
FAST = GfrmConfig((20, 32, 48, 64))


class Gfrm(nn.Module):
    """U-Net from log gains, their confidence and context, each (B, n, h, w), to (B, ANSWERS, h, w).

    `read_answer` makes a field and its certainty of the answer. Sides are multiples of
    2^(scales - 1), 8 for `FAST`. Untrained, it finds next to nothing lacking.
    """

    def __init__(self, config: GfrmConfig = FAST) -> None:
        super().__init__()
        first, *others = config.widths
        self.stem = _twice(2 * CANDIDATES + CONTEXT, first)
        self.down = nn.ModuleList(
            [_twice(a, b) for a, b in zip(config.widths, others, strict=False)]
        )
        pairs = list(zip(config.widths, others, strict=False))[::-1]
        self.up = nn.ModuleList([_twice(above + below, above) for above, below in pairs])
        self.head = nn.Conv2d(first, ANSWERS, 1)
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[CANDIDATES], 2.0)

    def forward(self, said: Tensor, sure: Tensor, context: Tensor) -> Tensor:
        """Log odds of each candidate and of nobody, and the certainty before its softplus."""
        scales = [self.stem(torch.cat([_SCALE * said * (sure > 0), sure, context], dim=1))]
        for down in self.down:
            scales.append(down(nn.functional.max_pool2d(scales[-1], 2)))
        here = scales.pop()
        for up in self.up:
            larger = nn.functional.interpolate(here, scale_factor=2.0, mode="nearest")
            here = up(torch.cat([larger, scales.pop()], dim=1))
        return self.head(here)


def read_answer(answer: Tensor, said: Tensor, sure: Tensor) -> tuple[Tensor, Tensor]:
    """Field and certainty, both (B, 1, h, w), of the network's answer to `said` and `sure`.

    The field is the natural logarithm of the gain that is lacking; the certainty is how much the
    cell counts when a smooth field is fitted. `flicker.network_answer` does the same without torch.
    """
    nobody = torch.zeros_like(answer[:, :1])
    odds = answer[:, : CANDIDATES + 1] + torch.cat([(sure + LEAST_CONFIDENCE).log(), nobody], dim=1)
    believed = odds.softmax(dim=1)[:, :CANDIDATES]
    wanted = (believed * said).sum(dim=1, keepdim=True)
    return wanted, nn.functional.softplus(answer[:, CANDIDATES + 1 :]) / UNIT


def _twice(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(inputs, outputs), *_convolution(outputs, outputs))


def _convolution(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
