# SPDX-License-Identifier: Apache-2.0
"""Writes a network with its card, once ONNX Runtime gives what PyTorch gives."""

from __future__ import annotations

import json
import logging
import subprocess
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from evenlight.errors import EvenlightError
from evenlight.inference import runtime
from evenlight.inference.cards import CARD_VERSION
from evenlight.training import checkpoint

from . import scales
from .half import in_half
from .network import Inputs, Network, fingerprint

#: Of the ONNX operator set.
OPSET = 18
LICENCES = "CC-BY 4.0 and 3.0, CC0, Apache-2.0, MIT, Pexels, Unsplash; damage mattes MIT"


def export(network: Network, source: Path, out: Path) -> dict[str, float]:
    """Write the checkpoint `source` as `out`, and in half precision beside it.

    Returns the largest difference between both runtimes for each precision. Raises EvenlightError
    where it is larger than the network's tolerance.
    """
    told = checkpoint.load(source)[1]
    served = network.served(source)
    rounding = scales.read(source, network.load(source)).told() if network.material else {}
    card = _card(out.stem, told, fingerprint(network, served), rounding)
    forms: dict[str, nn.Module] = {"fp32": served}
    if network.half:
        forms["fp16"] = in_half(served)
    made, differences = {}, {}
    for precision, form in forms.items():
        proto = graph_of(network, form)
        off = difference(served, proto.SerializeToString(), network.trials)
        if off > network.tolerance(precision):
            raise EvenlightError(
                f"ONNX Runtime differs from PyTorch by {off:.1e} in {precision}; not written"
            )
        differences[precision] = off
        onnx.helper.set_model_props(proto, {"card": json.dumps(card | {"precision": precision})})
        onnx.checker.check_model(proto)
        made[files_of(out)[precision]] = proto.SerializeToString(deterministic=True)
    for path in files_of(out).values():
        path.unlink(missing_ok=True)
    for path, content in made.items():
        temporary = path.with_suffix(".new")
        temporary.write_bytes(content)
        temporary.replace(path)
    return differences


def files_of(out: Path) -> dict[str, Path]:
    """The file of each precision, whether it is there or not."""
    return {"fp32": out, "fp16": out.with_suffix(".fp16.onnx")}


def difference(model: nn.Module, serialised: bytes, trials: Sequence[Inputs]) -> float:
    """The largest difference between PyTorch and ONNX Runtime over all outputs of all trials."""
    onnxruntime = runtime.onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(serialised, options, providers=["CPUExecutionProvider"])
    largest = 0.0
    for inputs in trials:
        with torch.no_grad():
            results = model(*inputs.values())
        given = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        for one, other in zip(_each(results), given, strict=True):
            largest = max(largest, float(np.abs(one.numpy() - other).max()))
    return largest


def _each(results: Tensor | tuple[Tensor, ...]) -> Iterator[Tensor]:
    yield from results if isinstance(results, tuple) else (results,)


def graph_of(network: Network, form: nn.Module) -> onnx.ModelProto:
    """The ONNX graph of a network in one of its forms, without card."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, of its own parts
        program = torch.onnx.export(
            network.traced(form),
            (),
            input_names=list(network.trials[0]),
            output_names=list(network.outputs),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    for node in (*proto.graph.node, *proto.graph.value_info):
        del node.metadata_props[:]  # paths and stack traces of the machine that exported
    return proto


def _card(
    name: str, told: Mapping[str, Any], source: str, rounding: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "version": CARD_VERSION,
        "name": name,
        "source": source,
        "made by": told.get("made by", f"python -m evenlight.training.{name}"),
        "commit": subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        "data": list(told["data"]),
        "licences": LICENCES,
        "seed": told["plan"]["seed"],
        "opset": OPSET,
        "figures": {**told["figures"], "step": told["step"], **rounding},
    }
