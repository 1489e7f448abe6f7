# SPDX-License-Identifier: Apache-2.0
"""python -m export.lfista CHECKPOINT python/evenlight/weights/lfista.onnx"""

from __future__ import annotations

from pathlib import Path

import torch

from evenlight.models.lfista import Lfista
from evenlight.ops.fields import Bands, Basis
from evenlight.ops.fields_network import cosines
from evenlight.training import checkpoint

from . import onnx_file

COMMAND = "python -m evenlight.training.lfista --data shared/data"
#: Batch, height, width and order of the field of what both runtimes are compared on.
_TRIALS = ((2, 45, 80, 6), (1, 60, 60, 4), (3, 80, 45, 8))


def export(source: Path, out: Path) -> float:
    """Write the network; the largest difference between PyTorch and ONNX Runtime."""
    weights, told = checkpoint.load(source)
    model = Lfista()
    model.load_state_dict(weights)
    return onnx_file.write(
        model,
        [_trial(*trial) for trial in _TRIALS],
        ["coefficients", "trust"],
        {"relation": (0, 2, 3), "weights": (0, 2, 3), "cosines": (0, 1)},
        told,
        COMMAND,
        out,
    )


def _trial(batch: int, height: int, width: int, order: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(height)
    terms = torch.from_numpy(cosines(Basis(order, Bands.ROWS), (height, width)))
    smooth = 0.1 * torch.randn((batch, 6), generator=generator) @ terms[:6]
    grain = 0.02 * torch.randn((batch, height * width), generator=generator)
    relation = (smooth + grain).reshape(batch, 1, height, width)
    relation[:, :, : height // 4, : width // 4] = 1.0
    weights = torch.rand((batch, 1, height, width), generator=generator)
    return {"relation": relation, "weights": weights / weights.mean(), "cosines": terms}


if __name__ == "__main__":
    onnx_file.main("python -m export.lfista", __doc__, export)
