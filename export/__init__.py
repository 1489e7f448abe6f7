# SPDX-License-Identifier: Apache-2.0
"""From trained checkpoints to the ONNX files that the package serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evenlight.errors import EvenlightError
from evenlight.training import gfrm, tcm

from . import blotchnet, lfista, lfrm, light
from .network import Network

#: Weights of the networks that are shipped, as they were trained.
CHECKPOINTS = Path(__file__).parent / "checkpoints"
NETWORKS: Mapping[str, Network] = {
    "lfista": lfista.NETWORK,
    "blotchnet": blotchnet.NETWORK,
    "gfrm": light.network_of(gfrm.STAGE),
    "tcm": light.network_of(tcm.STAGE),
    "lfrm": lfrm.NETWORK,
}


def source_of(name: str, trained: Path) -> Path:
    """The checkpoint of a network: in `trained`, else among those kept; raises EvenlightError."""
    new, kept = trained / f"{name}.safetensors", CHECKPOINTS / f"{name}.safetensors"
    for path in (new, kept):
        if path.is_file():
            return path
    raise EvenlightError(f"there is neither {new} nor {kept}; run `make train-models` first")
