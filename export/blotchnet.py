# SPDX-License-Identifier: Apache-2.0
"""How BlotchNet is exported: in exact arithmetic."""

from __future__ import annotations

import numpy as np
import torch

from evenlight.frames import Array
from evenlight.models.blotchnet import BlotchNet
from evenlight.training.blotch_pictures import Examples, collect

from .network import Material, Network


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)
    return {"pictures": torch.rand((batch, 8, height, width), generator=generator)}


def _inputs(examples: Examples, numbers: Array) -> tuple[torch.Tensor, ...]:
    rows, columns = (side - side % 8 for side in examples.pictures.shape[2:])
    pictures = examples.pictures[numbers, :, :rows, :columns]
    return (torch.from_numpy(pictures.astype(np.float32)),)


NETWORK = Network(
    build=lambda _: BlotchNet(),
    trials=[_trial(2, 64, 96), _trial(1, 184, 320), _trial(1, 8, 8)],
    outputs=["odds"],
    dynamic={"pictures": (0, 2, 3)},
    half=False,
    material=Material(
        Examples,
        collect,
        _inputs,
    ),
)
