# SPDX-License-Identifier: Apache-2.0
"""python -m export.blotchnet CHECKPOINT python/evenlight/weights/blotchnet.onnx"""

from __future__ import annotations

from pathlib import Path

import torch

from evenlight.models.blotchnet import BlotchNet
from evenlight.training import checkpoint

from . import onnx_file

COMMAND = "python -m evenlight.training.blotchnet --data shared/data"
#: Batch, height and width of what both runtimes are compared on.
_TRIALS = ((2, 64, 96), (1, 184, 320), (1, 8, 8))


def export(source: Path, out: Path) -> float:
    """Write the network; the largest difference between PyTorch and ONNX Runtime."""
    weights, told = checkpoint.load(source)
    model = BlotchNet()
    model.load_state_dict(weights)
    generator = torch.Generator().manual_seed(0)
    trials = [
        {"pictures": torch.rand((batch, 5, *size), generator=generator)} for batch, *size in _TRIALS
    ]
    return onnx_file.write(model, trials, ["odds"], {"pictures": (0, 2, 3)}, told, COMMAND, out)


if __name__ == "__main__":
    onnx_file.main("python -m export.blotchnet", __doc__, export)
