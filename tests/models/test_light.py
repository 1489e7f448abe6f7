# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from export import NETWORKS
from export.onnx_file import export
from rich.progress import Progress
from tests.models.bounds import EXACT, largest_sums
from tests.models.trials import same_when_taken_up_again, store_calibrated

from evenlight.errors import MediaError
from evenlight.evaluation.flickering import draw, in_changing_light, window_constant
from evenlight.flicker.network_answer import field_and_certainty
from evenlight.flicker.network_field import smooth_fit
from evenlight.flicker.network_inputs import CANDIDATES, CONTEXT
from evenlight.inference.sessions import Sessions
from evenlight.models.gfrm import FAST, PAPER, Gfrm, read_answer
from evenlight.motion.fields import Bands, Basis
from evenlight.training import checkpoint
from evenlight.training.light import TrainingStage, batch, field_of, fit, run, trained
from evenlight.training.light_examples import Examples
from evenlight.training.loop import Plan
from evenlight.training.losses import ALONE, Losses, Weights
from evenlight.training.machine import TrainingDevice

SHAPE = (45, 80)
STEADY = Weights(warping=0.1)
ALL = Weights(warping=0.1, perceptual=1.0, adversarial=0.01)


def examples(count: int = 6, shape: tuple[int, int] = SHAPE) -> Examples:
    rng = np.random.default_rng(5)
    fields = rng.normal(0, 0.2, (count, 1, 1, 1)) * np.linspace(-1, 1, shape[1])
    said = fields + rng.normal(0, 0.02, (count, CANDIDATES, *shape))
    clean = rng.uniform(0.2, 0.6, (count, 3, *shape))
    beside = np.concatenate([clean, clean], axis=1)
    parts = (
        *(said, np.ones_like(said)),
        rng.normal(0, 1, (count, CONTEXT, *shape)),
        *(clean * np.exp(-fields), clean),
        *(beside, beside),
    )
    return Examples(*(part.astype(np.float16) for part in parts), np.arange(count) % 3 == 2)


def judged(model: Gfrm, parts: dict[str, torch.Tensor], weights: Weights) -> float:
    losses = Losses(weights, torch.device("cpu"))
    with torch.no_grad():
        field = field_of(model.eval(), parts, 6, has_mean=losses.has_mean)
        return float(losses.judged(field, parts).mean())


def test_sizes_are_as_they_are_told() -> None:
    sizes = [sum(p.numel() for p in Gfrm(config).parameters()) for config in (FAST, PAPER)]
    assert sizes[0] <= 250_000
    assert sizes[1] == pytest.approx(7.9e6, rel=0.02)  # the published U-Net has 8.6 million


@pytest.mark.parametrize("config", [FAST, PAPER], ids=["fast", "paper"])
def test_untrained_it_does_next_to_nothing(config: object) -> None:
    torch.manual_seed(0)
    parts = batch(examples(2), np.arange(2), ())
    with torch.no_grad():
        field = field_of(Gfrm(config).eval(), parts, 6, has_mean=False)  # type: ignore[arg-type]
    told = parts["said"].mean(dim=1).abs().mean()
    assert field.abs().mean() < 0.75 * told


def test_training_fits_the_field_as_serving_does() -> None:
    torch.manual_seed(0)
    model, parts = Gfrm().eval(), batch(examples(1), np.arange(1), ())
    with torch.no_grad():
        field = field_of(model, parts, 6, has_mean=True)[0, 0].numpy()
        padded = [
            torch.nn.functional.pad(parts[name], (0, 0, 0, 3))
            for name in ("said", "sure", "context")
        ]
        answer = model(*padded)[0, :, : SHAPE[0]].numpy()
    said, sure = (parts[name][0].numpy() for name in ("said", "sure"))
    wanted, certainty = field_and_certainty(answer, said, sure)
    basis = Basis(6, Bands.ROWS)
    served = basis.picture(smooth_fit(wanted, certainty, basis), SHAPE)
    assert field == pytest.approx(served, abs=1e-4)


def test_answers_are_read_alike_with_torch_and_without() -> None:
    rng = np.random.default_rng(2)
    answer = rng.normal(0, 6, (CANDIDATES + 2, 9, 7)).astype(np.float32)
    said = rng.normal(0, 0.5, (CANDIDATES, 9, 7)).astype(np.float32)
    sure = rng.uniform(-1, 1, said.shape).clip(0).astype(np.float32)
    given = (torch.from_numpy(one)[None] for one in (answer, said, sure))
    expected = [one[0, 0].numpy() for one in read_answer(*given)]
    for one, other in zip(field_and_certainty(answer, said, sure), expected, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("weights", [ALONE, STEADY, ALL], ids=["error", "steady", "all"])
def test_the_loss_falls(weights: Weights, tmp_path: Path) -> None:
    torch.manual_seed(0)
    made, model = examples(), Gfrm()
    parts = batch(made, np.arange(6), ())
    before = judged(model, parts, weights)
    with Progress(disable=True) as progress:
        plan = Plan(steps=12, rate=3e-3, every=6, patience=9, seed=3)
        fit(model, made, plan, tmp_path / "m.safetensors", progress, weights)
    assert judged(model, parts, weights) < before - 0.1


def test_mixed_precision_learns_the_same(tmp_path: Path) -> None:
    found = []
    for mixed in (None, torch.bfloat16):
        torch.manual_seed(0)
        model, out = Gfrm(), tmp_path / f"{mixed}.safetensors"
        with Progress(disable=True) as progress:
            plan = Plan(steps=6, rate=3e-3, every=6, patience=9, seed=3)
            machine = TrainingDevice(torch.device("cpu"), mixed)
            found.append(fit(model, examples(), plan, out, progress, STEADY, machine))
        assert {one.dtype for one in model.parameters()} == {torch.float32}
    assert found[0] != found[1]
    assert found[0] == pytest.approx(found[1], abs=0.2)


@pytest.mark.parametrize("weights", [ALONE, Weights(0.1, adversarial=0.01)], ids=["", "rival"])
def test_a_run_taken_up_again_ends_with_the_same_weights(weights: Weights, tmp_path: Path) -> None:
    def again(plan: Plan, out: Path, progress: Progress, stop: int) -> object:
        return fit(Gfrm(), examples(), plan, out, progress, weights, stop=stop)

    assert same_when_taken_up_again(again, tmp_path)


def test_a_stage_in_the_published_widths_goes_on_from_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def collect(*_: object) -> Examples:
        return examples(6, (16, 32))

    def command(stage: TrainingStage, config: str) -> int:
        made = [stage.name, "--data", str(tmp_path), "--config", config, "--steps", "1"]
        out = ["--out", str(tmp_path / f"{stage.name}.safetensors")]
        monkeypatch.setattr("sys.argv", [*made, *out])
        return run(stage)

    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "any.mp4").touch()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "any.jpg").touch()
    first = TrainingStage("gfrm", collect, steps=1, rate=1e-3, draws=1)
    second = TrainingStage("tcm", collect, 1, 1e-3, 1, starts_from="gfrm", weights=STEADY)
    assert command(first, "paper") == 0
    assert command(second, "fast") == 1
    assert "has the widths of --config paper, not fast" in capsys.readouterr().err
    assert command(second, "paper") == 0
    out, source = tmp_path / "tcm.onnx", tmp_path / "tcm.safetensors"
    store_calibrated(NETWORKS["tcm"], source)
    assert export(NETWORKS["tcm"], source, out) == {"fp32": 0}
    card = Sessions().get(out, "cpu").card
    assert card.made_by == (
        f"python -m evenlight.training.tcm --data {tmp_path.name} --config paper"
    )
    assert list(card.data) == ["any", "1 photographs"]
    parts = examples(1, (16, 32))
    seen = {name: getattr(parts, name).astype(np.float32) for name in ("said", "sure", "context")}
    assert all(np.isfinite(answer).all() for answer in Sessions().get(out, "cpu").run(seen))


def test_a_stage_that_was_broken_off_is_not_gone_on_from(tmp_path: Path) -> None:
    path = tmp_path / "gfrm.safetensors"
    checkpoint.store(path, Gfrm().state_dict(), {"step": 1})
    with pytest.raises(MediaError, match="not trained to its end"):
        trained(path, "fast")


@pytest.mark.parametrize("config", ["fast", "paper"])
def test_what_is_exported_gives_what_torch_gives(tmp_path: Path, config: str) -> None:
    torch.manual_seed(1)
    command = "python -m evenlight.training.gfrm --data any"
    told = {"figures": {}, "data": [], "plan": {"seed": 1}, "step": 0, "config": config}
    told |= {"made by": command}
    model = Gfrm(FAST if config == "fast" else PAPER)
    torch.nn.init.normal_(model.head.weight, 0, 0.1)
    checkpoint.store(tmp_path / "g.safetensors", model.state_dict(), told)
    out = tmp_path / "gfrm.onnx"
    store_calibrated(NETWORKS["gfrm"], tmp_path / "g.safetensors")
    assert export(NETWORKS["gfrm"], tmp_path / "g.safetensors", out) == {"fp32": 0}
    assert max(largest_sums(onnx.load(out)).values()) <= EXACT
    assert Sessions().get(out, "cpu").card.made_by == command


def test_draws_are_seeded_and_their_truth_is_steady() -> None:
    clip = np.random.default_rng(1).uniform(0.2, 0.6, (24, 18, 32, 3)).astype(np.float32)
    for seed in range(6):
        (clean, shown), (again, _) = (draw(clip, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(clean, again)
        assert clean.shape == shown.shape == clip.shape
        assert clean.dtype == shown.dtype == np.uint8


def test_the_published_artefact_stays_for_its_window() -> None:
    clip = np.full((40, 18, 32, 3), 0.4, np.float32)
    frames = window_constant(clip, np.random.default_rng(2))
    changes = [t for t in range(1, 40) if not np.array_equal(frames[t], frames[t - 1])]
    lasting = np.diff(changes)
    assert len(changes) >= 3
    assert lasting.min() >= 2
    assert lasting.max() <= 12


def test_light_that_is_meant_changes_slowly() -> None:
    clip = np.full((48, 18, 32, 3), 0.4, np.float32)
    lit = in_changing_light(clip, np.random.default_rng(3))
    levels = np.log2(lit.mean(axis=(1, 2, 3)))
    assert np.ptp(levels) > 0.02
    assert np.abs(np.diff(levels, 2)).max() < 0.05
