# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from export import NETWORKS
from export.onnx_file import export

from evenlight.flicker.lfista import cosines
from evenlight.inference.sessions import Sessions
from evenlight.models.lfista import Lfista
from evenlight.motion.fields import Bands, Basis
from evenlight.training import checkpoint
from evenlight.training.lfista import loss_of

SHAPE = (45, 80)


def pairs(area: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(3)
    terms = cosines(Basis(6, Bands.ROWS), SHAPE)
    true = rng.normal(0, 0.03, (4, len(terms))).astype(np.float32)
    relation = (true @ terms + rng.normal(0, 0.01, (4, terms.shape[1]))).reshape(-1, 1, *SHAPE)
    relation[:, :, 5 : 5 + area, 10 : 10 + area] = 1.5
    return (
        torch.from_numpy(relation.astype(np.float32)),
        torch.from_numpy(terms),
        torch.from_numpy(true),
    )


def test_layers_fit_a_smooth_field() -> None:
    relation, terms, true = pairs()
    with torch.no_grad():
        found, trust = Lfista()(relation, torch.ones_like(relation), terms)
    assert torch.linalg.norm(found - true, dim=1).max() < 0.02
    assert trust.mean() > 0.7


def test_the_objective_falls_without_a_clean_frame() -> None:
    torch.manual_seed(0)
    relation, terms, _ = pairs(area=12)
    batch = torch.cat([relation, torch.ones_like(relation)], dim=1)
    model = Lfista()
    optimiser = torch.optim.Adam(model.parameters(), 0.02)
    losses = []
    for _ in range(15):
        loss = loss_of(model, batch, terms)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_what_is_exported_gives_what_torch_gives(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = Lfista()
    told = {"figures": {}, "data": ["made up"], "plan": {"seed": 1}, "step": 0}
    checkpoint.store(tmp_path / "lfista.safetensors", model.state_dict(), told)
    out = tmp_path / "lfista.onnx"
    assert export(NETWORKS["lfista"], tmp_path / "lfista.safetensors", out)["fp32"] <= 1e-4
    served = Sessions().get(out, "cpu")
    assert served.card.data == ("made up",)
    relation, terms, _ = pairs(area=8)
    weights = torch.ones_like(relation)
    with torch.no_grad():
        expected, _ = model(relation, weights, terms)
    given, _ = served.run(
        {"relation": relation.numpy(), "weights": weights.numpy(), "cosines": terms.numpy()}
    )
    assert given == pytest.approx(expected.numpy(), abs=1e-4)
