# SPDX-License-Identifier: Apache-2.0
"""How LFISTA is exported; not in half precision, in which its inverse has no meaning."""

from __future__ import annotations

import torch

from evenlight.flicker.lfista import cosines
from evenlight.models.lfista import Lfista
from evenlight.motion.fields import Bands, Basis

from .network import Network


def _trial(batch: int, height: int, width: int, order: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)
    terms = torch.from_numpy(cosines(Basis(order, Bands.ROWS), (height, width)))
    smooth = 0.1 * torch.randn((batch, 6), generator=generator) @ terms[:6]
    grain = 0.02 * torch.randn((batch, height * width), generator=generator)
    relation = (smooth + grain).reshape(batch, 1, height, width)
    relation[:, :, : height // 4, : width // 4] = 1.0
    weights = torch.rand((batch, 1, height, width), generator=generator)
    return {"relation": relation, "weights": weights / weights.mean(), "cosines": terms}


NETWORK = Network(
    build=lambda _: Lfista(),
    trials=[_trial(2, 45, 80, 6), _trial(1, 60, 60, 4), _trial(3, 80, 45, 8)],
    outputs=["coefficients", "trust"],
    dynamic={"relation": (0, 2, 3), "weights": (0, 2, 3), "cosines": (0, 1)},
    half=False,
)
