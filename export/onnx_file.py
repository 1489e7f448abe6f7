# SPDX-License-Identifier: Apache-2.0
"""Writes a network with its card, once ONNX Runtime gives what PyTorch gives."""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from evenlight.errors import EvenlightError
from evenlight.ops.inference import CARD_VERSION

#: Of the ONNX operator set.
OPSET = 18
#: Largest difference between PyTorch and ONNX Runtime, in units of the output.
TOLERANCE = 1e-4
LICENCES = "CC-BY 4.0 and 3.0, CC0, Apache-2.0, MIT, Pexels, Unsplash; damage mattes MIT"

Inputs = Mapping[str, Tensor]


def write(
    model: nn.Module,
    trials: Sequence[Inputs],
    outputs: Sequence[str],
    dynamic: Mapping[str, Sequence[int]],
    told: Mapping[str, Any],
    command: str,
    path: Path,
) -> float:
    """Write `model` to `path`; the largest difference between both runtimes on `trials`.

    `dynamic` names the axes of each input that may have any size; `told` is of the checkpoint.
    Raises EvenlightError where the two differ by more than `TOLERANCE`.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    sizes = {name: dict.fromkeys(dynamic[name], torch.export.Dim.DYNAMIC) for name in trials[0]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, of its own parts
        program = torch.onnx.export(
            model.eval(),
            tuple(trials[0].values()),
            input_names=list(trials[0]),
            output_names=list(outputs),
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=sizes,
            external_data=False,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    for node in (*proto.graph.node, *proto.graph.value_info):
        del node.metadata_props[:]  # paths and stack traces of the machine that exported
    difference = _difference(model, proto.SerializeToString(), trials)
    if difference > TOLERANCE:
        raise EvenlightError(f"ONNX Runtime differs from PyTorch by {difference:.1e}; not written")
    onnx.helper.set_model_props(proto, {"card": json.dumps(_card(path.stem, told, command))})
    onnx.checker.check_model(proto)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(proto.SerializeToString(deterministic=True))
    temporary.replace(path)
    return difference


def _card(name: str, told: Mapping[str, Any], command: str) -> dict[str, Any]:
    return {
        "version": CARD_VERSION,
        "name": name,
        "made by": command,
        "commit": subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        "data": list(told["data"]),
        "licences": LICENCES,
        "seed": told["plan"]["seed"],
        "opset": OPSET,
        "figures": {**told["figures"], "step": told["step"]},
    }


def _difference(model: nn.Module, serialised: bytes, trials: Sequence[Inputs]) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(serialised, options, providers=["CPUExecutionProvider"])
    largest = 0.0
    for inputs in trials:
        with torch.no_grad():
            results = model(*inputs.values())
        expected = results if isinstance(results, tuple) else (results,)
        given = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        for one, other in zip(expected, given, strict=True):
            largest = max(largest, float(np.abs(one.numpy() - other).max()))
    return largest


def main(prog: str, description: str | None, export: Callable[[Path, Path], float]) -> None:
    """The command that exports a checkpoint, and says what it wrote."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    difference = export(options.checkpoint, options.out)
    size = options.out.stat().st_size / 1024
    sys.stdout.write(f"{options.out}: {size:.0f} KiB, opset {OPSET}, differs by {difference:.1e}\n")
