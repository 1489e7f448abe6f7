# SPDX-License-Identifier: Apache-2.0
"""A network that is shipped and the source it was exported from must be one and the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
import pytest
from export import blotchnet, lfista, light
from torch import nn

from evenlight.models.blotchnet import BlotchNet
from evenlight.models.gfrm import Gfrm
from evenlight.models.lfista import Lfista
from evenlight.ops.inference import FOLDER
from evenlight.training import checkpoint

MADE = {
    "blotchnet": (BlotchNet, blotchnet),
    "gfrm": (Gfrm, light),
    "lfista": (Lfista, lfista),
    "tcm": (Gfrm, light),
}
#: Operators that the exporter leaves as they are, whatever the weights.
_KINDS = {"Conv", "MatMul", "MaxPool", "AveragePool", "Resize", "Relu", "Softmax", "Softplus"}
#: MB that all networks may take together.
_LIMIT = 24


def outline(path: Path) -> tuple[Counter[str], list[tuple[int, ...]]]:
    """What a graph is made of: its main operators, and the shapes of its convolutions.

    Smaller constants that are equal, as in a fresh network, are stored once.
    """
    graph = onnx.load(path).graph
    shapes = sorted(tuple(one.dims) for one in graph.initializer if len(one.dims) == 4)
    return Counter(node.op_type for node in graph.node if node.op_type in _KINDS), shapes


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_shipped_file_is_of_this_source(name: str, tmp_path: Path) -> None:
    build, exporting = MADE[name]
    model: nn.Module = build()
    told = {"figures": {}, "data": [], "plan": {"seed": 1}, "step": 0, "config": "fast"}
    checkpoint.store(tmp_path / "fresh.safetensors", model.state_dict(), told)
    fresh = tmp_path / f"{name}.onnx"
    exporting.export(tmp_path / "fresh.safetensors", fresh)
    message = f"{name}.onnx is of another source; run `make train-models update-models`"
    assert outline(fresh) == outline(FOLDER / f"{name}.onnx"), message


def test_every_network_is_looked_at() -> None:
    assert sorted(MADE) == sorted(path.stem for path in FOLDER.glob("*.onnx"))


def test_networks_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.onnx")) <= _LIMIT * 2**20
