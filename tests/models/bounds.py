# SPDX-License-Identifier: Apache-2.0
"""Proof, from an ONNX graph alone, that float32 holds every partial sum of its convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper
from tests.models.graphs import constants

from evenlight.frames import Array

#: Integers up to here are exact in float32, and so are sums that do not exceed it.
EXACT = 2.0**24
#: Operators that do one IEEE operation for each value, before the first rounding.
_BEFORE = {"Mul", "Greater", "Cast"}


@dataclass(frozen=True)
class Bounds:
    """Where the values of a tensor lie, and whether they are whole."""

    low: float
    high: float
    whole: bool


#: Of what no bounds are known yet.
_ANY = Bounds(-np.inf, np.inf, whole=False)


def largest_sums(graph: onnx.ModelProto) -> dict[str, float]:
    """For each convolution the largest size that a partial sum of it can have, in units.

    The unit of an output channel is the largest power of two of which its weights and its bias are
    multiples. Raises AssertionError where an operator is not known to be exact, or where a
    convolution reads what was not rounded.
    """
    held, known = constants(graph), {one.name: _ANY for one in graph.graph.input}
    sums = {}
    for node in graph.graph.node:
        given = [known[name] for name in node.input if name in known]
        if node.op_type == "Conv":
            assert given[0].whole, f"{node.name} reads what was not rounded"
            weight, *rest = (held[name] for name in node.input[1:])
            bias = rest[0] if rest else np.zeros(len(weight), np.float32)  # left out where it is 0
            sums[node.output[0]] = _largest_sum(weight, bias, given[0])
            known[node.output[0]] = _ANY
        elif node.op_type != "Constant":
            known[node.output[0]] = _passed(node, given, held)
    return sums


def _passed(node: onnx.NodeProto, given: list[Bounds], held: Mapping[str, Array]) -> Bounds:
    if node.op_type == "Clip":
        low, high = (float(held[name]) for name in node.input[1:])
        return Bounds(low, high, whole=given[0].whole and low == int(low) and high == int(high))
    if node.op_type == "Round":
        return Bounds(float(np.rint(given[0].low)), float(np.rint(given[0].high)), whole=True)
    if node.op_type == "Resize":
        modes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        assert modes["mode"] == b"nearest"
    elif node.op_type not in {"MaxPool", "Concat"}:
        assert node.op_type in _BEFORE, f"{node.op_type} is not known to be exact"
        return _ANY
    low, high = min(one.low for one in given), max(one.high for one in given)
    return Bounds(low, high, whole=all(one.whole for one in given))


def _largest_sum(weight: Array, bias: Array, bounds: Bounds) -> float:
    unit = units(weight, bias)
    terms = weight.reshape(len(weight), -1).astype(np.float64)
    ends = terms * bounds.low, terms * bounds.high
    above = np.maximum(np.maximum(*ends), 0).sum(axis=1) + np.maximum(bias, 0)
    below = np.minimum(np.minimum(*ends), 0).sum(axis=1) + np.minimum(bias, 0)
    return float((np.maximum(above, -below) / unit).max())


def units(weight: Array, bias: Array) -> Array:
    """The largest power of two (outputs,) of which weights and bias of a channel are multiples."""
    every = np.concatenate([weight.reshape(len(weight), -1), bias[:, None]], axis=1)
    mantissa, exponent = np.frexp(every.astype(np.float64))
    whole = np.ldexp(mantissa, 24).astype(np.int64)  # float32 has 24 bits
    powers = exponent - 24 + np.log2(np.maximum(whole & -whole, 1)).astype(int)
    return np.ldexp(1.0, np.where(every == 0, 1000, powers).min(axis=1))
