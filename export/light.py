# SPDX-License-Identifier: Apache-2.0
"""How GFRM and TCM are exported, which are one network with two sets of weights."""

from __future__ import annotations

import torch

from evenlight.flicker.network_inputs import CANDIDATES, CONTEXT
from evenlight.models.gfrm import Gfrm
from evenlight.training.light import CONFIGS

from .network import Network


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)

    def drawn(channels: int) -> torch.Tensor:
        return torch.rand((batch, channels, height, width), generator=generator)

    return {
        "said": drawn(CANDIDATES) - 0.5,
        "sure": (2 * drawn(CANDIDATES) - 1).clamp(min=0),
        "context": 2 * drawn(CONTEXT) - 1,
    }


NETWORK = Network(
    build=lambda told: Gfrm(CONFIGS[told["config"]]),
    trials=[_trial(2, 48, 80), _trial(1, 64, 48), _trial(3, 16, 32)],
    outputs=["wanted", "certainty"],
    dynamic={"said": (0, 2, 3), "sure": (0, 2, 3), "context": (0, 2, 3)},
)
