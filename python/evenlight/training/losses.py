# SPDX-License-Identifier: Apache-2.0
"""Losses of a field of log gain in training.

The published losses: squared error to the clean frame for GFRM; for TCM reconstruction, perceptual,
adversarial and, masked by exposure, warping. All but the adversarial one stand in each frame's
logarithm, so that a frame that is nearly right counts as much as one that is far off: mean PSNR.
Each frame is judged at its best exposure, for the tone curve's level is not GFRM's to change. TCM's
is: its warping loss brings each frame to its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..flicker.illumination import BRIGHT, DARK
from .adversarial import Discriminator, in_a_row

#: Squared error, display values, below which a frame counts as right: 54 dB.
_RIGHT = (0.5 / 255) ** 2
#: Warping error, display values, below which a frame counts as steady.
_STEADY = 0.5 / 255
#: Share of the features below which two pictures count as alike.
_ALIKE = 0.005
_LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the losses beside reconstruction, whose weight is 1."""

    warping: float = 0.0  # where there is one, fields have a mean
    perceptual: float = 0.0
    adversarial: float = 0.0


#: GFRM's: squared error alone.
ALONE = Weights()


class Losses:
    """The losses of one stage, with the networks that some of them need."""

    def __init__(self, weights: Weights, device: torch.device) -> None:
        self.weights = weights
        self.discriminator = Discriminator().to(device) if weights.adversarial else None
        self._features: nn.Module | None = None
        if weights.perceptual:
            # Only who asks for it needs its packages.
            from .perceptual import Features

            self._features = Features().to(device)

    @property
    def has_mean(self) -> bool:
        """Whether the mean of a field is judged."""
        return self.weights.warping > 0

    def judged(self, field: Tensor, parts: dict[str, Tensor]) -> Tensor:
        """Reconstruction and warping (B,) of fields (B, 1, h, w), by which networks are chosen."""
        lit = parts["evened"] * field.exp()
        loss = (error(lit, parts["clean"]) + _RIGHT).log()
        if self.has_mean:
            loss = loss + self.weights.warping * (_warping(field, lit, parts) + _STEADY).log()
        return loss

    def learned(self, field: Tensor, parts: dict[str, Tensor]) -> Tensor:
        """All losses (B,), the discriminator's own among them, which has weights of its own."""
        loss, lit = self.judged(field, parts), parts["evened"] * field.exp()
        if self._features is not None:
            exposed = lit * _exposure(lit, parts["clean"])[:, None, None, None]
            apart = self._features(exposed, parts["clean"])
            loss = loss + self.weights.perceptual * (apart + _ALIKE).log()
        if self.discriminator is not None:
            corrected = in_a_row(lit, parts["around"])
            loss = loss + self.weights.adversarial * self.discriminator.generator_loss(corrected)
            loss = loss + self.discriminator.discriminator_loss(
                corrected, in_a_row(parts["clean"], parts["clean_around"])
            )
        return loss


def error(shown: Tensor, clean: Tensor) -> Tensor:
    """Mean squared error of luma (B,), each frame at its best exposure."""
    seen, true = _luma(shown), _luma(clean)
    exposed = _exposure(shown, clean)[:, None, None] * seen
    return ((exposed - true) ** 2).mean(dim=(1, 2))


def _exposure(shown: Tensor, clean: Tensor) -> Tensor:
    seen, true = _luma(shown), _luma(clean)
    return (seen * true).sum(dim=(1, 2)) / (seen**2).sum(dim=(1, 2)).clamp(min=1e-6)


def _luma(picture: Tensor) -> Tensor:
    return (picture.clamp(0, 1) * _LUMA.to(picture)).sum(dim=1)


def _warping(field: Tensor, lit: Tensor, parts: dict[str, Tensor]) -> Tensor:
    left = (parts["said"] - field).abs() * parts["sure"]  # |neighbour, warped, less the frame|
    value = lit.amax(dim=1, keepdim=True)
    exposed = 1 + ((value > BRIGHT) | (value < DARK)).to(value)
    return (exposed * value * left).sum(dim=(1, 2, 3)) / parts["sure"].sum(dim=(1, 2, 3))
