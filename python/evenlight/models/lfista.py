# SPDX-License-Identifier: Apache-2.0
"""LFISTA: the iterations of a robust fit of a smooth field, as layers with learned numbers.

Fulari, Mulleti and Rajwade (WACV 2024) solve min 1/2 |r - A c - e|^2 + lambda |e|_1 for the
coefficients c of a smooth field and the sparse e that it cannot explain, by unrolling FISTA. Here
the steps on c are preconditioned by an approximate inverse of A'WA, without which FISTA needs
hundreds, and e is thresholded firmly (Gao and Bruce 1997) rather than softly, which leaves no bias.
Learned are, for each layer, the steps on c and e, the momentum and both thresholds; and a small
convolution, the same in all layers, that moves the thresholds by what lies around: blotches cohere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

LAYERS = 10
#: What draws the field to nothing where nothing speaks, as a share of the mean diagonal of A' W A;
#: the exact solver's.
RIDGE = 1e-3
#: Newton-Schulz iterations for the inverse: modes that the data say 1/1000 as much about as about
#: the best ones are still solved for; what they say less about stays near zero.
INVERSE_ROUNDS = 12
#: Deviations beyond which all outliers look alike; and what keeps deviations above zero.
_FAR, _LEAST = 8.0, 1e-4
_HIDDEN = 6


class Lfista(nn.Module):
    """Unrolled solver from log ratios to coefficients of a field and the trust in each cell."""

    def __init__(self, layers: int = LAYERS) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.zeros(layers))  # exponent of the step on c
        self.relax = nn.Parameter(torch.full((layers,), 3.0))  # sigmoid: step on e
        self.momentum = nn.Parameter(torch.full((layers,), -1.0))  # sigmoid
        self.keep = nn.Parameter(torch.full((layers,), 0.7))  # exponent: deviations that stay
        self.drop = nn.Parameter(torch.full((layers,), 0.7))  # exponent: further ones to be dropped
        moves = nn.Conv2d(_HIDDEN, 1, 3, padding=1, bias=False)
        nn.init.zeros_(moves.weight)  # at first nothing around matters
        self.around = nn.Sequential(nn.Conv2d(3, _HIDDEN, 3, padding=1), nn.ReLU(), moves)

    def forward(self, relation: Tensor, weights: Tensor, cosines: Tensor) -> tuple[Tensor, Tensor]:
        """Coefficients (B, terms) and trust (B, 1, h, w).

        `relation` (B, 1, h, w) is the log ratio of two frames, 0 where nothing is known; `weights`
        (B, 1, h, w) its certainty, of mean 1, 0 there; `cosines` (terms, h w) the field's terms.
        """
        return self.unrolled(relation, weights, cosines)[-1]

    def unrolled(
        self, relation: Tensor, weights: Tensor, cosines: Tensor
    ) -> list[tuple[Tensor, Tensor]]:
        """Results of `forward` after each layer."""
        inverse, ridge = _inverse(weights.flatten(1), cosines)
        root = weights.sqrt()
        speaking = (weights > 0).to(weights)
        count = speaking.sum((1, 2, 3), keepdim=True).clamp(min=1)
        coefficients = ahead = relation.new_zeros((relation.shape[0], cosines.shape[0]))
        outlying = torch.zeros_like(relation)
        limit = 1 / _LEAST
        results = []
        for layer in range(len(self.step)):
            left = relation - (ahead @ cosines).reshape(relation.shape)
            size = root * left.abs()
            deviation = (
                _LEAST
                + torch.minimum(size, limit * torch.ones_like(size)).sum((1, 2, 3), keepdim=True)
                / count
            )
            limit = 3 * deviation
            trust = self._trust(size / deviation, root, speaking, layer)
            stepped = outlying + self.relax[layer].sigmoid() * (left - outlying)
            outlying = (1 - trust) * stepped
            gradient = (weights * (left - outlying)).flatten(1) @ cosines.T - ridge * ahead
            moved = ahead + self.step[layer].exp() * (inverse @ gradient[..., None])[..., 0]
            ahead = moved + self.momentum[layer].sigmoid() * (moved - coefficients)
            coefficients = moved
            results.append((coefficients, trust))
        return results

    def _trust(self, size: Tensor, root: Tensor, speaking: Tensor, layer: int) -> Tensor:
        """1 for what lies below the lower threshold, 0 above the upper, firm between."""
        near = size.clamp(max=_FAR) / _FAR
        spread = nn.functional.avg_pool2d(near, 5, stride=1, padding=2)
        moved = self.around(torch.cat([near, spread, root.clamp(max=3.0)], dim=1)).exp()
        low = self.keep[layer].exp() * moved
        high = low + self.drop[layer].exp() * moved
        kept = low / size.clamp(min=1e-6) * (high - size) / (high - low)
        return speaking * torch.where(size <= low, torch.ones_like(size), kept.clamp(min=0.0))


def _inverse(weights: Tensor, cosines: Tensor) -> tuple[Tensor, Tensor]:
    """Nearly the inverse of A' W A + ridge, (B, terms, terms), and the ridge (B, 1)."""
    matrix = (cosines * weights[:, None, :]) @ cosines.T
    ridge = RIDGE * (weights[:, None, :] @ (cosines**2).mean(0)[:, None])[..., 0]
    matrix = matrix + ridge[..., None] * torch.eye(cosines.shape[0], dtype=matrix.dtype)
    bound = matrix.abs().sum(-1).amax(-1)[:, None, None].clamp(min=1e-6)
    unit = torch.eye(cosines.shape[0], dtype=matrix.dtype)
    matrix = matrix / bound
    inverse = unit.expand_as(matrix)
    for _ in range(INVERSE_ROUNDS):
        inverse = inverse @ (2 * unit - matrix @ inverse)
    return inverse / bound, ridge
