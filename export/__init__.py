# SPDX-License-Identifier: Apache-2.0
"""From trained checkpoints to the ONNX files that the package serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from . import blotchnet, lfista, lfrm, light
from .network import Network

#: Weights of the networks that are shipped, as they were trained.
CHECKPOINTS = Path(__file__).parent / "checkpoints"
NETWORKS: Mapping[str, Network] = {
    "lfista": lfista.NETWORK,
    "blotchnet": blotchnet.NETWORK,
    "gfrm": light.NETWORK,
    "tcm": light.NETWORK,
    "lfrm": lfrm.NETWORK,
}
