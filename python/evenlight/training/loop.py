# SPDX-License-Identifier: Apache-2.0
"""The loop of training: seeded, with a curve, early stopping, and checkpoints to go on from.

Draws at a step depend on the seed and the step alone, so a run that was broken off and taken up
again ends with the same weights.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor, nn

from ..errors import MediaError
from . import checkpoint

#: Share of the steps over which the rate rises, and what it falls to.
_WARM_UP, _LAST_RATE = 0.05, 0.02
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Length, rate and judgements of a run; a run of another plan is not gone on with."""

    steps: int
    rate: float
    every: int  # steps from one judgement to the next
    patience: int  # judgements without a better one, after which it stops
    seed: int
    losses: str = ""  # which, where there is a choice


def train(
    model: nn.Module,
    loss: Callable[[np.random.Generator], Tensor],
    judge: Callable[[], float],
    plan: Plan,
    out: Path,
    progress: Progress,
    stop: int | None = None,
    discriminator: nn.Module | None = None,
) -> float:
    """The least judgement, after all steps or those up to `stop`.

    A `discriminator`, where the loss has one, learns beside the model from the same loss. `model`
    and the checkpoint `out` hold the weights of the least judgement. Beside `out` lie the curve
    (.csv) and the state that a broken run goes on from (.resume). Raises MediaError where that is
    of another plan.
    """
    learning = [model] if discriminator is None else [model, discriminator]
    groups = [{"params": list(one.parameters())} for one in learning]
    optimiser = torch.optim.AdamW(groups, plan.rate, weight_decay=1e-4)
    run = _Run(learning, optimiser, plan, out)
    task = progress.add_task(out.stem, total=plan.steps, completed=run.step)
    last = plan.steps if stop is None else stop
    while run.step < last and run.stale < plan.patience:
        model.train()
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * _rate(run.step / plan.steps)
        value = loss(np.random.default_rng([plan.seed, run.step]))
        optimiser.zero_grad()
        value.backward()
        for one in learning:
            nn.utils.clip_grad_norm_(one.parameters(), _LARGEST_GRADIENT)
        optimiser.step()
        run.learned(float(value.detach()))
        if run.step % plan.every == 0 or run.step == plan.steps:
            model.eval()
            with torch.no_grad():
                run.judged(judge())
        progress.update(task, completed=run.step, description=f"{out.stem} {run.best:.4f}")
    model.load_state_dict(checkpoint.load(out)[0])
    model.eval()
    return run.best


def _rate(share: float) -> float:
    warm = min(1.0, (share + 1e-3) / _WARM_UP)
    return warm * (_LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * share)))


class _Run:
    """State of a run, and its files."""

    def __init__(
        self, learning: list[nn.Module], optimiser: torch.optim.Optimizer, plan: Plan, out: Path
    ) -> None:
        self.step, self.best, self.stale = 0, math.inf, 0
        self._learning = dict(zip(("model", "rival"), learning, strict=False))
        self._optimiser, self._plan, self._out = optimiser, plan, out
        self._curve, self._resume = out.with_suffix(".csv"), out.with_suffix(".resume")
        self._sum, self._count = 0.0, 0
        if self._resume.is_file():
            self._go_on()
        else:
            self._write("w", ("step", "loss", "judgement"))

    def learned(self, loss: float) -> None:
        """One step is done."""
        self.step += 1
        self._sum, self._count = self._sum + loss, self._count + 1

    def judged(self, value: float) -> None:
        """Keep the weights if they are the best, and what is needed to go on."""
        self._write("a", (self.step, f"{self._sum / self._count:.6f}", f"{value:.6f}"))
        self._sum, self._count = 0.0, 0
        self.stale += 1
        if value < self.best:
            self.best, self.stale = value, 0
            told = {"step": self.step, "judgement": value, "plan": asdict(self._plan)}
            checkpoint.store(self._out, self._learning["model"].state_dict(), told)
        tensors = {
            f"{which}.{name}": t
            for which, one in self._learning.items()
            for name, t in one.state_dict().items()
        }
        for number, moments in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{name}": t for name, t in moments.items()}
        told = {"step": self.step, "best": self.best, "stale": self.stale}
        checkpoint.store(self._resume, tensors, told | {"plan": asdict(self._plan)})

    def _go_on(self) -> None:
        tensors, told = checkpoint.load(self._resume)
        if told["plan"] != asdict(self._plan):
            raise MediaError(f"{self._resume} is of a run with another plan; delete it first")
        self.step, self.best, self.stale = told["step"], told["best"], told["stale"]
        moments = self._optimiser.state_dict()
        weights: dict[str, dict[str, Tensor]] = {which: {} for which in self._learning}
        for name, tensor in tensors.items():
            kind, _, rest = name.partition(".")
            if kind in weights:
                weights[kind][rest] = tensor
            else:
                number, _, moment = rest.partition(".")
                moments["state"].setdefault(int(number), {})[moment] = tensor
        for which, one in self._learning.items():
            one.load_state_dict(weights[which])
        self._optimiser.load_state_dict(moments)

    def _write(self, mode: str, row: tuple[object, ...]) -> None:
        with self._curve.open(mode, newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerow(row)
