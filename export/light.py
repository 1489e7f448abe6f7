# SPDX-License-Identifier: Apache-2.0
"""python -m export.light CHECKPOINT python/evenlight/weights/gfrm.onnx, or tcm.onnx"""

from __future__ import annotations

from pathlib import Path

import torch

from evenlight.models.gfrm import Gfrm
from evenlight.ops.learned.evidence import CANDIDATES, CONTEXT
from evenlight.training import checkpoint
from evenlight.training.light import CONFIGS

from . import onnx_file

COMMAND = "python -m evenlight.training.{} --data shared/data"
#: Batch, height and width of what both runtimes are compared on.
_TRIALS = ((2, 48, 80), (1, 64, 48), (3, 16, 32))


def export(source: Path, out: Path) -> float:
    """Write the network; the largest difference between PyTorch and ONNX Runtime."""
    weights, told = checkpoint.load(source)
    model = Gfrm(CONFIGS[told["config"]])
    model.load_state_dict(weights)
    return onnx_file.write(
        model,
        [_trial(*trial) for trial in _TRIALS],
        ["wanted", "certainty"],
        {"said": (0, 2, 3), "sure": (0, 2, 3), "context": (0, 2, 3)},
        told,
        COMMAND.format(out.stem),
        out,
    )


def _trial(batch: int, height: int, width: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)

    def drawn(channels: int) -> torch.Tensor:
        return torch.rand((batch, channels, height, width), generator=generator)

    return {
        "said": drawn(CANDIDATES) - 0.5,
        "sure": (2 * drawn(CANDIDATES) - 1).clamp(min=0),
        "context": 2 * drawn(CONTEXT) - 1,
    }


if __name__ == "__main__":
    onnx_file.main("python -m export.light", __doc__, export)
