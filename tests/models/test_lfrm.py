# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from export import NETWORKS
from export.onnx_file import export
from rich.progress import Progress
from tests.models.trials import same_when_taken_up_again

from evenlight.inference.sessions import Sessions
from evenlight.models.lfrm import FAST, PAPER, Lfrm, LfrmConfig
from evenlight.texture.select import MULTIPLE
from evenlight.training import checkpoint
from evenlight.training.lfrm import batch, figures, filled, fit, loss_of, turned
from evenlight.training.lfrm_examples import SIDE, Examples, drawn, examples_of
from evenlight.training.loop import Plan

INPUTS = ("own", "before", "after", "lost", "sure")


def examples(count: int = 6) -> Examples:
    """Both frames beside know the truth, the one after with some grain."""
    rng = np.random.default_rng(5)
    clean = rng.uniform(0.5, 0.9, (count, 3, SIDE, SIDE))
    lost = np.zeros_like(clean)
    lost[..., 16:48, 16:48] = 1
    own = np.where(lost > 0, 0.7, clean)
    grained = clean + rng.normal(0, 0.02, clean.shape)
    parts = (own, clean, grained, lost, np.ones((count, 2, SIDE, SIDE)), clean)
    return Examples(*(part.astype(np.float16) for part in parts), np.arange(count) % 3 == 2)


def shares_of(model: Lfrm, parts: dict[str, torch.Tensor]) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(*(parts[name] for name in INPUTS))


def test_sizes_are_as_they_are_told() -> None:
    sizes = [sum(p.numel() for p in Lfrm(config).parameters()) for config in (FAST, PAPER)]
    assert sizes == [7547, 10531]
    assert MULTIPLE % (8 * FAST.stride) == 0


@pytest.mark.parametrize("config", [FAST, PAPER], ids=["fast", "paper"])
def test_untrained_it_mostly_believes_the_frame_itself(config: LfrmConfig) -> None:
    torch.manual_seed(0)
    shares = shares_of(Lfrm(config), batch(examples(2), np.arange(2)))
    assert torch.allclose(shares.sum(dim=1), torch.ones(()))
    assert shares[:, 0].min() > 0.7


def test_nobody_unsure_is_believed() -> None:
    torch.manual_seed(0)
    parts = batch(examples(1), np.arange(1))
    parts["sure"][:, 0] = 0
    assert shares_of(Lfrm(), parts)[:, 1].max() < 0.01


def test_what_is_not_lost_stays() -> None:
    parts = batch(examples(1), np.arange(1))
    shares = torch.full((1, 3, SIDE, SIDE), 1 / 3)
    out = filled(parts, shares)
    assert torch.equal(out[..., :16, :], parts["own"][..., :16, :])
    assert not torch.equal(out[..., 16:48, 16:48], parts["own"][..., 16:48, 16:48])


def test_it_learns_whom_to_believe(tmp_path: Path) -> None:
    torch.manual_seed(0)
    made, model = examples(), Lfrm()
    with Progress(disable=True) as progress:
        plan = Plan(steps=25, rate=1e-2, every=25, patience=9, seed=3)
        fit(model, made, plan, tmp_path / "m.safetensors", progress)
    told = figures(model, made)
    assert told["network, inside, dB"] > told["own, inside, dB"] + 3


def test_a_run_taken_up_again_ends_with_the_same_weights(tmp_path: Path) -> None:
    def again(plan: Plan, out: Path, progress: Progress, stop: int) -> object:
        return fit(Lfrm(), examples(), plan, out, progress, stop)

    assert same_when_taken_up_again(again, tmp_path)


def test_what_is_turned_stays_as_good() -> None:
    parts = batch(examples(2), np.arange(2))
    error = (parts["before"] - parts["clean"]).abs().mean()
    for draw in range(8):
        made = turned(parts, np.random.default_rng(draw))
        errors = [(made[name] - made["clean"]).abs().mean() for name in ("before", "after")]
        assert min(errors) == pytest.approx(float(error), abs=1e-6)
        assert float(loss_of(Lfrm(), made).detach()) > 0


@pytest.mark.parametrize("config", ["fast", "paper"])
def test_what_is_exported_gives_what_torch_gives(tmp_path: Path, config: str) -> None:
    torch.manual_seed(1)
    told = {"figures": {}, "data": [], "plan": {"seed": 1}, "step": 0, "config": config}
    model = Lfrm(FAST if config == "fast" else PAPER)
    torch.nn.init.normal_(model.head.weight, 0, 0.1)
    checkpoint.store(tmp_path / "l.safetensors", model.state_dict(), told)
    out = tmp_path / "lfrm.onnx"
    differences = export(NETWORKS["lfrm"], tmp_path / "l.safetensors", out)
    assert differences["fp32"] <= 1e-4
    assert differences["fp16"] <= 5e-3
    assert Sessions().get(out, "cpu").card.made_by == "python -m evenlight.training.lfrm"


def test_draws_are_seeded_and_clip() -> None:
    rng = np.random.default_rng(1)
    clip = rng.uniform(0.2, 0.9, (12, 18, 32, 3)).astype(np.float32)
    clipped = []
    for seed in range(6):
        (clean, shown), (again, _) = (drawn(clip, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(clean, again)
        assert clean.shape == shown.shape == clip.shape
        clipped.append((shown == 255).mean() - (clean == 255).mean())
    assert max(clipped) > 0.01


def test_examples_hold_what_was_clipped() -> None:
    rng = np.random.default_rng(6)
    y, x = np.mgrid[:216, :384].astype(np.float32)
    still = 0.5 + 0.2 * np.sin(x / 9) * np.cos(y / 7) + 0.1 * rng.random((216, 384))
    clip = np.repeat(np.repeat(still[None, ..., None], 12, axis=0), 3, axis=3)
    draws = [np.random.default_rng(seed) for seed in range(4)]
    found = [one for rng in draws for one in examples_of(clip.astype(np.float32), rng)]
    assert found
    for own, before, after, lost, sure, clean in found:
        assert own.shape == before.shape == after.shape == lost.shape == clean.shape
        assert sure.shape == (2, SIDE, SIDE)
        assert lost.max() > 0
