# SPDX-License-Identifier: Apache-2.0
"""How BlotchNet is exported; not in half precision, which is off by 1e-2 in its odds."""

from __future__ import annotations

import torch

from evenlight.models.blotchnet import BlotchNet

from .network import Network


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)
    return {"pictures": torch.rand((batch, 5, height, width), generator=generator)}


NETWORK = Network(
    build=lambda _: BlotchNet(),
    trials=[_trial(2, 64, 96), _trial(1, 184, 320), _trial(1, 8, 8)],
    outputs=["odds"],
    dynamic={"pictures": (0, 2, 3)},
    half=False,
)
