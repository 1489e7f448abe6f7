# SPDX-License-Identifier: Apache-2.0
"""How LFRM is exported."""

from __future__ import annotations

import torch

from evenlight.models.lfrm import Lfrm
from evenlight.training.lfrm import CONFIGS

from .network import Network


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)
    channels = {"own": 3, "before": 3, "after": 3, "lost": 3, "sure": 2}
    return {
        name: torch.rand((batch, count, height, width), generator=generator)
        for name, count in channels.items()
    }


NETWORK = Network(
    build=lambda told: Lfrm(CONFIGS[told["config"]]),
    trials=[_trial(2, 96, 160), _trial(1, 48, 208), _trial(1, 16, 48)],
    outputs=["shares"],
    dynamic=dict.fromkeys(("own", "before", "after", "lost", "sure"), (0, 2, 3)),
)
