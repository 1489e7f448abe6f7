# SPDX-License-Identifier: Apache-2.0
"""Adversarial loss: a discriminator that learns to tell corrected frames from clean ones.

As published, a spatio-temporal PatchGAN: 3-D convolutions over three frames in a row, spectral
normalisation, hinge loss. It has four convolutions before its head, for previews are small.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

_WIDTHS = (3, 32, 64, 64, 64)


class Discriminator(nn.Module):
    """A network from frames (B, 3 colours, 3 frames, h, w), display values, to patch scores."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (inputs, outputs) in enumerate(pairwise(_WIDTHS)):
            stride = 2 if number < 3 else 1
            layers += [_convolution(inputs, outputs, stride), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, _convolution(_WIDTHS[-1], 1, 1))

    def forward(self, frames: Tensor) -> Tensor:
        """Scores of patches (B, 1, 3, h/8, w/8), above 0 for what looks clean."""
        return self.layers(2 * frames - 1)

    def generator_loss(self, corrected: Tensor) -> Tensor:
        """Loss (B,) of the network that made `corrected`; the discriminator learns nothing."""
        self.requires_grad_(False)
        scores = self(corrected)
        self.requires_grad_(True)
        return -scores.float().mean(dim=(1, 2, 3, 4))

    def discriminator_loss(self, corrected: Tensor, clean: Tensor) -> Tensor:
        """Hinge loss (B,) of the discriminator, of which nothing flows back to `corrected`."""
        false, true = self(corrected.detach()).float(), self(clean).float()
        hinge = torch.relu(1 + false) + torch.relu(1 - true)
        return hinge.mean(dim=(1, 2, 3, 4))


def in_a_row(centre: Tensor, around: Tensor) -> Tensor:
    """Three frames in order (B, 3 colours, 3, h, w) of a centre (B, 3, h, w) and two around it.

    `around` holds the colours of the frame before and of the one after, (B, 6, h, w).
    """
    return torch.stack([around[:, :3], centre, around[:, 3:]], dim=2)


def _convolution(inputs: int, outputs: int, stride: int) -> nn.Module:
    return spectral_norm(
        nn.Conv3d(inputs, outputs, (3, 5, 5), stride=(1, stride, stride), padding=(1, 2, 2))
    )
