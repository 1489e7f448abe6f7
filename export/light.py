# SPDX-License-Identifier: Apache-2.0
"""How GFRM and TCM are exported, one network with two sets of weights: in exact arithmetic."""

from __future__ import annotations

import torch

from evenlight.flicker.network_field import MULTIPLE
from evenlight.flicker.network_inputs import CANDIDATES, CONTEXT
from evenlight.frames import Array
from evenlight.models.gfrm import Gfrm
from evenlight.training.light import CONFIGS, TrainingStage, batch
from evenlight.training.light_examples import Examples

from .network import Material, Network


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)

    def drawn(channels: int) -> torch.Tensor:
        return torch.rand((batch, channels, height, width), generator=generator)

    return {
        "said": drawn(CANDIDATES) - 0.5,
        "sure": (2 * drawn(CANDIDATES) - 1).clamp(min=0),
        "context": 2 * drawn(CONTEXT) - 1,
    }


def _inputs(examples: Examples, numbers: Array) -> tuple[torch.Tensor, ...]:
    parts = batch(examples, numbers, ())
    rows, columns = (-side % MULTIPLE for side in parts["context"].shape[2:])
    return tuple(
        torch.nn.functional.pad(parts[name], (0, columns, 0, rows))
        for name in ("said", "sure", "context")
    )


def network_of(stage: TrainingStage) -> Network:
    """The network of one stage."""
    return Network(
        build=lambda told: Gfrm(CONFIGS[told["config"]]),
        trials=[_trial(2, 48, 80), _trial(1, 64, 48), _trial(3, 16, 32)],
        outputs=["answer"],
        dynamic={"said": (0, 2, 3), "sure": (0, 2, 3), "context": (0, 2, 3)},
        half=False,
        material=Material(Examples, stage.collect, _inputs),
    )
