# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from export import NETWORKS
from export.onnx_file import export
from rich.progress import Progress
from tests.models.trials import same_when_taken_up_again, store_calibrated

from evenlight.models.blotchnet import BlotchNet
from evenlight.training import checkpoint
from evenlight.training.blotch_pictures import Examples
from evenlight.training.blotchnet import begin, crop, fit
from evenlight.training.loop import Plan


def examples(count: int = 6) -> Examples:
    rng = np.random.default_rng(5)
    pictures = rng.normal(0, 0.1, (count, 8, 128, 128)).astype(np.float16)
    truth = np.zeros((count, 128, 128), np.float16)
    truth[:, 40:60, 30:70] = 1
    pictures[:, 3:, 40:60, 30:70] += 1
    return Examples(pictures, truth, np.arange(count) % 3 == 2)


def test_it_is_small() -> None:
    assert sum(parameter.numel() for parameter in BlotchNet().parameters()) <= 120_000


def test_what_is_exported_gives_what_torch_gives(tmp_path: Path) -> None:
    torch.manual_seed(1)
    told = {"figures": {}, "data": [], "plan": {"seed": 1}, "step": 0}
    checkpoint.store(tmp_path / "b.safetensors", BlotchNet().state_dict(), told)
    store_calibrated(NETWORKS["blotchnet"], tmp_path / "b.safetensors")
    differences = export(NETWORKS["blotchnet"], tmp_path / "b.safetensors", tmp_path / "b.onnx")
    assert differences == {"fp32": 0}


def test_a_run_taken_up_again_ends_with_the_same_weights(tmp_path: Path) -> None:
    def again(plan: Plan, out: Path, progress: Progress, stop: int) -> object:
        return fit(BlotchNet(), examples(), plan, out, progress, stop)

    assert same_when_taken_up_again(again, tmp_path)


def test_a_network_goes_on_from_one_that_saw_fewer_pictures() -> None:
    torch.manual_seed(1)
    fewer, more = BlotchNet(5).eval(), BlotchNet(8)
    begin(more, fewer.state_dict())
    pictures = torch.rand(1, 8, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(more.eval()(pictures), fewer(pictures[:, :5]))


def test_crops_turn_pictures_and_truth_alike() -> None:
    for draw in range(20):
        pictures, truth = crop(examples(), np.random.default_rng(draw), np.arange(6))
        marked = np.abs(pictures[3:]).mean(axis=0)
        assert marked[truth > 0.5].mean() > 2 * marked[truth < 0.5].mean()
