# SPDX-License-Identifier: Apache-2.0
"""Descriptions of networks for the export, and the fingerprint of a network's source."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress
from torch import Tensor, nn

from evenlight.frames import Array
from evenlight.training import checkpoint

from . import scales
from .exact import exactly

#: Largest difference between PyTorch and ONNX Runtime by precision, of what is not exact.
TOLERANCE: Mapping[str, float] = {"fp32": 1e-4, "fp16": 5e-3}
Inputs = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Material:
    """Examples that the scales of a network's activations are measured on."""

    kind: type  # dataclass of arrays, of which `held` (n,) says which are of sources kept back
    #: Makes them: folder of the data, draws for each clip, seed, progress, processes.
    collect: Callable[[Path, int, int, Progress, int], Any]
    #: The network's inputs, as it is served, of some of them by number.
    inputs: Callable[[Any, Array], tuple[Tensor, ...]]


@dataclass(frozen=True, slots=True)
class Network:
    """How a network is built, and what goes in and comes out."""

    build: Callable[[Mapping[str, Any]], nn.Module]  # of what its checkpoint tells
    trials: Sequence[Inputs]  # what runtimes are compared on; the first is traced
    outputs: Sequence[str]
    dynamic: Mapping[str, Sequence[int]]  # axes of each input that may have any size
    half: bool = True  # whether half precision is good enough
    material: Material | None = None  # of a network that is exported in exact arithmetic

    def load(self, source: Path) -> nn.Module:
        """The network with the weights of a checkpoint; raises MediaError."""
        weights, told = checkpoint.load(source)
        model = self.build(told)
        model.load_state_dict(weights)
        return model.eval()

    def served(self, source: Path) -> nn.Module:
        """The network of a checkpoint in single precision as it is served; raises MediaError."""
        model = self.load(source)
        return exactly(model, scales.read(source, model)) if self.material else model

    def tolerance(self, precision: str) -> float:
        """Largest difference between PyTorch and ONNX Runtime, in units of the output."""
        return 0.0 if self.material else TOLERANCE[precision]

    def traced(self, model: nn.Module) -> torch.export.ExportedProgram:
        """The operators that `model` runs, for any size."""
        any_size = torch.export.Dim.DYNAMIC
        sizes = [dict.fromkeys(self.dynamic[name], any_size) for name in self.trials[0]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter's, of its own parts
            return torch.export.export(
                model, tuple(self.trials[0].values()), dynamic_shapes=tuple(sizes), strict=False
            )


def fingerprint(network: Network, model: nn.Module) -> str:
    """A text that is another one whenever the network would answer otherwise.

    Taken of the operators that run, their attributes and constants, and of all weights; comments,
    names and the order of definitions do not matter. So a model whose source or checkpoint was
    changed and that was not exported again is noticed, though the shapes of all weights are the
    same.
    """
    program = network.traced(model)
    digest = hashlib.blake2b(program.graph_module.code.encode(), digest_size=16)
    held = {**program.state_dict, **program.constants}
    for name, value in sorted(held.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
