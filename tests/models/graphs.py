# SPDX-License-Identifier: Apache-2.0
"""ONNX graphs of networks: run in many ways, changed, and bounded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper

from evenlight.frames import Array
from evenlight.inference import runtime

onnxruntime = runtime.onnxruntime()
Level = onnxruntime.GraphOptimizationLevel
LEVELS = (
    Level.ORT_DISABLE_ALL,
    Level.ORT_ENABLE_BASIC,
    Level.ORT_ENABLE_EXTENDED,
    Level.ORT_ENABLE_ALL,
)


def answers(
    graph: onnx.ModelProto,
    inputs: Mapping[str, Array],
    *,
    level: object = Level.ORT_ENABLE_ALL,
    threads: int = 1,
) -> bytes:
    """The bytes that ONNX Runtime answers."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = threads
    content, cpu = graph.SerializeToString(), ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(content, options, providers=cpu)
    return b"".join(one.tobytes() for one in session.run(None, dict(inputs)))


def constants(graph: onnx.ModelProto) -> dict[str, Array]:
    """Every constant of a graph by name."""
    found = {one.name: numpy_helper.to_array(one) for one in graph.graph.initializer}
    for node in graph.graph.node:
        if node.op_type == "Constant":
            found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return found


def with_inputs_permuted(graph: onnx.ModelProto, rng: np.random.Generator) -> onnx.ModelProto:
    """The same network, each of whose convolutions sums its input channels in another order."""
    changed, held = onnx.ModelProto(), constants(graph)
    changed.CopyFrom(graph)
    del changed.graph.node[:]
    for number, node in enumerate(graph.graph.node):
        one = onnx.NodeProto()
        one.CopyFrom(node)
        if node.op_type == "Conv":
            weight = held[node.input[1]]
            order = rng.permutation(weight.shape[1])
            names = [f"permuted_{number}_{what}" for what in ("order", "weight", "input")]
            changed.graph.initializer.append(numpy_helper.from_array(order, names[0]))
            permuted = np.ascontiguousarray(weight[:, order])
            changed.graph.initializer.append(numpy_helper.from_array(permuted, names[1]))
            gather = helper.make_node("Gather", [node.input[0], names[0]], [names[2]], axis=1)
            changed.graph.node.append(gather)
            one.input[0], one.input[1] = names[2], names[1]
        changed.graph.node.append(one)
    return changed
