# SPDX-License-Identifier: Apache-2.0
"""How the stages that find light lacking are trained: GFRM and TCM.

The loss is the published one of GFRM, squared error to the clean frame, in each frame's logarithm:
mean PSNR, so that a clip that is nearly right counts as much as one that is far off. Each frame is
judged at its best exposure, for the tone curve's level is not GFRM's to change. TCM's is: its
warping loss, masked by exposure, brings each frame to its neighbours. What the published one adds
beyond, a perceptual and an adversarial loss, says nothing about a smooth field, and is left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor

from ..errors import EvenlightError
from ..frames import Array
from ..models.gfrm import FAST, PAPER, Gfrm, GfrmConfig
from ..ops.fields import Bands, Basis
from ..ops.fields_network import cosines
from ..ops.illumination import BRIGHT, DARK
from ..ops.learned.field import ridge
from . import checkpoint, loop
from .light_examples import Examples
from .material import clip_names

CONFIGS: dict[str, GfrmConfig] = {"fast": FAST, "paper": PAPER}
BATCH, EVERY, PATIENCE = 12, 250, 12
#: Orders of the fields, the product's own most often.
_ORDERS = (6, 6, 6, 8, 4)
#: Squared error, display values, below which a frame counts as right: 54 dB.
_RIGHT = (0.5 / 255) ** 2
#: Warping error, display values, below which a frame counts as steady.
_STEADY = 0.5 / 255
_LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage learns from, and for how long."""

    name: str
    #: Makes the examples: folder of the data, draws for each clip, seed, progress.
    collect: Callable[[Path, int, int, Progress], Examples]
    steps: int
    rate: float
    draws: int
    starts_from: str = ""  # the stage whose weights are gone on from
    warping: float = 0.0  # weight of the warping loss; where there is one, fields have a mean


def run(stage: Stage) -> int:
    """The command of a stage: make the examples, train, store."""
    parser = argparse.ArgumentParser(prog=f"python -m evenlight.training.{stage.name}")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds clips/ …")
    out = Path(f"build/training/{stage.name}.safetensors")
    parser.add_argument("--out", type=Path, default=out)
    parser.add_argument("--config", choices=CONFIGS, default="fast")
    parser.add_argument("--steps", type=int, default=stage.steps)
    parser.add_argument("--draws", type=int, default=stage.draws, help="of flicker for each clip")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    try:
        with Progress() as progress:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            stored = options.out.with_suffix(".examples.npz")
            if not stored.is_file():
                stage.collect(options.data, options.draws, options.seed, progress).store(stored)
            examples = Examples.load(stored)
            model = Gfrm(CONFIGS[options.config])
            if stage.starts_from:
                before = options.out.with_name(f"{stage.starts_from}.safetensors")
                model.load_state_dict(checkpoint.load(before)[0])
            plan = loop.Plan(options.steps, stage.rate, EVERY, PATIENCE, options.seed)
            fit(model, examples, plan, options.out, progress, warping=stage.warping)
            told = figures(model, examples, has_mean=stage.warping > 0)
            made_from = [*clip_names(options.data), "158 photographs"]
            more = {"figures": told, "data": made_from, "config": options.config}
            checkpoint.tell(options.out, more)
            progress.console.print(f"sources kept back: {told}; {options.out}")
    except EvenlightError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def fit(
    model: Gfrm,
    examples: Examples,
    plan: loop.Plan,
    out: Path,
    progress: Progress,
    stop: int | None = None,
    warping: float = 0.0,
) -> float:
    """Train on what was not kept back; the least loss on what was."""
    learning, held = np.flatnonzero(~examples.held), np.flatnonzero(examples.held)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)

    def step(rng: np.random.Generator) -> Tensor:
        chosen = learning[rng.integers(len(learning), size=BATCH)]
        flips = tuple(axis for axis in (2, 3) if rng.random() < 0.5)
        order = _ORDERS[rng.integers(len(_ORDERS))]
        return loss_of(model, batch(examples, chosen, flips, device), order, warping).mean()

    def judge() -> float:
        parts = np.array_split(held, max(1, len(held) // 24))
        losses = [loss_of(model, batch(examples, p, (), device), 6, warping) for p in parts]
        return float(torch.cat(losses).mean())

    best = loop.train(model, step, judge, plan, out, progress, stop)
    model.cpu()
    return best


def batch(
    examples: Examples, chosen: Array, flips: tuple[int, ...], device: torch.device
) -> dict[str, Tensor]:
    """Examples by number, mirrored along axes, as float32."""
    names = ("said", "sure", "context", "evened", "clean")
    parts = {name: getattr(examples, name)[chosen] for name in names}
    return {
        name: torch.from_numpy(np.ascontiguousarray(np.flip(part, flips))).to(device).float()
        for name, part in parts.items()
    }


def loss_of(model: Gfrm, parts: dict[str, Tensor], order: int, warping: float) -> Tensor:
    """The loss of each example (B,)."""
    field = field_of(model, parts, order, has_mean=warping > 0)
    lit = parts["evened"] * field.exp()
    loss = (_error(lit, parts["clean"]) + _RIGHT).log()
    if warping == 0:
        return loss
    left = (parts["said"] - field).abs() * parts["sure"]  # |neighbour, warped, less the frame|
    value = lit.amax(dim=1, keepdim=True)
    exposed = 1 + ((value > BRIGHT) | (value < DARK)).to(value)
    warp = (exposed * value * left).sum(dim=(1, 2, 3)) / parts["sure"].sum(dim=(1, 2, 3))
    return loss + warping * (warp + _STEADY).log()


def field_of(model: Gfrm, parts: dict[str, Tensor], order: int, *, has_mean: bool) -> Tensor:
    """The smooth field (B, 1, h, w) that the network's answer gives, as serving fits it."""
    multiple = 2 ** len(model.down)
    said, sure, context = (_padded(parts[n], multiple) for n in ("said", "sure", "context"))
    rows, columns = parts["said"].shape[-2:]
    wanted, certainty = (
        part[..., :rows, :columns].flatten(1) for part in model(said, sure, context)
    )
    basis = Basis(order, Bands.ROWS)
    terms = torch.from_numpy(cosines(basis, (rows, columns))).to(wanted)  # (terms, h w)
    matrix = (terms * certainty[:, None]) @ terms.T
    matrix = matrix + torch.from_numpy(np.diag(ridge(basis))).to(wanted)
    right = (terms @ (certainty * wanted)[..., None])[..., 0]
    coefficients = torch.linalg.solve(matrix, right)
    if not has_mean:
        coefficients = coefficients * (torch.from_numpy(basis.families) > 0).to(wanted)
    return (coefficients @ terms).reshape(-1, 1, rows, columns)


def _padded(part: Tensor, multiple: int) -> Tensor:
    rows, columns = part.shape[-2:]
    return torch.nn.functional.pad(part, (0, -columns % multiple, 0, -rows % multiple))


def _error(shown: Tensor, clean: Tensor) -> Tensor:
    """Mean squared error of luma (B,), each frame at its best exposure."""
    luma = _LUMA.to(clean)
    seen, true = ((part.clamp(0, 1) * luma).sum(dim=1) for part in (shown, clean))
    exposure = (seen * true).sum(dim=(1, 2)) / (seen**2).sum(dim=(1, 2)).clamp(min=1e-6)
    return ((exposure[:, None, None] * seen - true) ** 2).mean(dim=(1, 2))


def figures(model: Gfrm, examples: Examples, *, has_mean: bool) -> dict[str, float]:
    """PSNR in dB on sources kept back: before, after the exact solver, after the network.

    At the proxy's size, each frame at its best exposure.
    Frames for which the exact solver was asked and those for which it was not stand apart.
    """
    told: dict[str, float] = {}
    asked = examples.sure[:, -1, 0, 0] > 0
    for name, chosen in (("with solver", asked), ("alone", ~asked)):
        numbers = np.flatnonzero(examples.held & chosen)
        rows = [
            _psnr_of(model, examples, part, has_mean)
            for part in np.array_split(numbers, 16)
            if len(part)
        ]
        if rows:
            means = torch.cat(rows, dim=1).mean(dim=1)
            for stage, value in zip(("before", "solver", "network"), means, strict=True):
                told[f"{stage}, {name}, dB"] = round(float(value), 2)
    return told


def _psnr_of(model: Gfrm, examples: Examples, chosen: Array, has_mean: bool) -> Tensor:
    parts = batch(examples, chosen, (), torch.device("cpu"))
    exact = parts["said"][:, -1:] * parts["sure"][:, -1:]
    with torch.no_grad():
        fields = (torch.zeros_like(exact), exact, field_of(model, parts, 6, has_mean=has_mean))
    errors = [_error(parts["evened"] * field.exp(), parts["clean"]) for field in fields]
    return -10 * (torch.stack(errors) + 1e-6).log10()
