# SPDX-License-Identifier: Apache-2.0
"""Networks in exact arithmetic: nothing that a processor may do otherwise changes a bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from export import CHECKPOINTS, NETWORKS, scales
from export.calibrate import BITS, LARGEST_ERROR, calibrated, error
from export.onnx_file import graph_of
from tests.models.bounds import EXACT, largest_sums, units
from tests.models.graphs import LEVELS, answers, with_inputs_permuted
from tests.models.trials import store_calibrated

from evenlight.errors import MediaError
from evenlight.frames import Array
from evenlight.inference.sessions import FOLDER
from evenlight.training import checkpoint

EXACTLY = sorted(name for name, network in NETWORKS.items() if network.material)


def source(name: str) -> Path:
    return CHECKPOINTS / f"{name}.safetensors"


def shipped(name: str) -> onnx.ModelProto:
    return onnx.load(FOLDER / f"{name}.onnx")


def inputs(name: str, scale: float = 1.0) -> Mapping[str, Array]:
    """Of a size that was not traced."""
    rng, channels = np.random.default_rng(4), {"said": 12, "sure": 12, "context": 4, "pictures": 8}
    return {
        one: (scale * rng.normal(0, 1, (2, channels[one], 24, 56))).astype(np.float32)
        for one in NETWORKS[name].trials[0]
    }


def as_trained(name: str) -> onnx.ModelProto:
    """The graph of a network as it was trained, which rounds as float32 does."""
    return graph_of(NETWORKS[name], NETWORKS[name].load(source(name)))


def test_the_networks_that_run_by_default_are_exact() -> None:
    assert EXACTLY == ["blotchnet", "gfrm", "tcm"]


@pytest.mark.parametrize("name", EXACTLY)
def test_float32_holds_every_partial_sum(name: str) -> None:
    sums = largest_sums(shipped(name))
    assert len(sums) >= 15
    assert max(sums.values()) <= EXACT
    assert min(sums.values()) > EXACT / 4  # and no bit is left unused


def test_what_is_not_rounded_is_told_from_what_is() -> None:
    with pytest.raises(AssertionError, match="reads what was not rounded"):
        largest_sums(as_trained("blotchnet"))


def test_units_are_what_all_are_multiples_of() -> None:
    weight = np.array([[0.75, 3.0], [4.0, 0.0]], np.float32)[:, :, None, None]
    assert units(weight, np.array([1.0, 2.0**-20], np.float32)).tolist() == [0.25, 2.0**-20]


@pytest.mark.parametrize("scale", [1.0, 1e4], ids=["", "beyond"])
@pytest.mark.parametrize("name", EXACTLY)
def test_neither_order_nor_optimisation_nor_threads_change_a_bit(name: str, scale: float) -> None:
    graph, given = shipped(name), inputs(name, scale)
    expected = answers(graph, given)
    permuted = with_inputs_permuted(graph, np.random.default_rng(2))
    assert answers(permuted, given) == expected
    for level in LEVELS:
        for threads in (1, 3):
            assert answers(graph, given, level=level, threads=threads) == expected


def test_the_order_changes_bits_of_a_network_as_it_was_trained() -> None:
    graph, given = as_trained("blotchnet"), inputs("blotchnet")
    permuted = with_inputs_permuted(graph, np.random.default_rng(2))
    assert answers(permuted, given) != answers(graph, given)


@pytest.mark.parametrize("name", EXACTLY)
def test_double_precision_gives_the_same_bits(name: str) -> None:
    given = inputs(name)
    with torch.no_grad():
        doubled = NETWORKS[name].served(source(name)).double()
        found = doubled(*(torch.from_numpy(one).double() for one in given.values()))
    assert found.float().numpy().tobytes() == answers(shipped(name), given)
    assert torch.equal(found.float().double(), found)


@pytest.mark.parametrize("name", EXACTLY)
def test_what_rounding_changes_is_small(name: str) -> None:
    model = NETWORKS[name].load(source(name))
    told = scales.read(source(name), model)
    assert 0 < told.error <= LARGEST_ERROR
    trial = NETWORKS[name].trials[1].values()  # noise, which stirs more than pictures do
    with torch.no_grad():
        answer = model(*trial)
        apart = NETWORKS[name].served(source(name))(*trial) - answer
    assert apart.std() < 0.1 * answer.std()


def test_scales_of_other_weights_are_refused(tmp_path: Path) -> None:
    name, path = "blotchnet", tmp_path / "blotchnet.safetensors"
    checkpoint.store(path, *checkpoint.load(source(name)))
    with pytest.raises(MediaError, match=r"holds no scales: measure them with `make calibrate"):
        NETWORKS[name].served(path)
    store_calibrated(NETWORKS[name], path)
    NETWORKS[name].served(path)
    weights, told = checkpoint.load(path)
    weights["head.bias"] += 1
    checkpoint.store(path, weights, told)
    with pytest.raises(MediaError, match="measured of other weights"):
        NETWORKS[name].served(path)


def test_scales_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "blotchnet.safetensors"
    model = NETWORKS["blotchnet"].load(source("blotchnet"))
    measured = scales.read(source("blotchnet"), model)
    scales.write(replace(measured, bits=7), path)
    assert scales.read(path, model) == replace(measured, bits=7)


def test_the_bits_that_change_least_are_taken() -> None:
    network = NETWORKS["blotchnet"]
    material = network.material
    assert material is not None
    rng = np.random.default_rng(1)
    pictures = rng.normal(0, 0.2, (6, 8, 32, 40)).astype(np.float16)
    examples = material.kind(pictures, pictures[:, 0], np.arange(6) >= 4)
    model = network.load(source("blotchnet"))
    found = calibrated(model, material, examples, "noise")
    again = calibrated(model, material, examples, "noise")
    assert found == again
    judging = [material.inputs(examples, np.array([4, 5]))]
    errors = {bits: error(model, replace(found, bits=bits), judging) for bits in BITS}
    assert found.error == errors[found.bits] == min(errors.values())
