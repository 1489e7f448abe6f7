# SPDX-License-Identifier: Apache-2.0
"""Auto on labelled damage: the right kind, and how far its result is from hand-tuned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.quality import Report, Table

from evenlight.auto.sight import Sight, look, runs_of
from evenlight.auto.suit import advise
from evenlight.auto.verdict import verdict
from evenlight.effects import Resources, Restore
from evenlight.effects.restore import RestoreParams
from evenlight.evaluation import damage
from evenlight.evaluation.clips import load_clip, sprite_mattes
from evenlight.evaluation.metrics import psnr_frames
from evenlight.evaluation.split import JUDGING_CLIPS
from evenlight.frames import Array, ArrayFrame, Frame, RenderRequest
from evenlight.params import build_params

FRAMES, SIZE = 49, (384, 216)
#: Draws of each kind for each clip.
DRAWS = 2
#: Frames that are rendered for the nearness to hand-tuned, in the middle of a clip.
_RENDERED = range(18, 30)

Make = Callable[[Array, np.random.Generator, list[Array]], Array]


def _bands(clip: Array, rng: np.random.Generator) -> Array:
    drift = None if rng.random() < 0.5 else rng.uniform(0.1, 0.4)
    amount, periods = rng.uniform(0.08, 0.2), rng.uniform(1.5, 4)
    return damage.row_flicker(clip, rng, amount=amount, periods=periods, drift=drift)


def _dirty(clip: Array, rng: np.random.Generator, mattes: list[Array]) -> Array:
    dirty, _ = damage.sprites(clip, rng, mattes, area=(0.002, 0.01))
    return damage.specks(dirty, rng)[0]


#: Damage by the name that Auto should give it.
KINDS: Mapping[str, Make] = {
    "flicker": lambda clip, rng, _: damage.global_flicker(clip, rng),
    "colour flicker": lambda clip, rng, _: damage.colour_flicker(
        clip, rng, amount=rng.uniform(0.08, 0.2)
    ),
    "local flicker": lambda clip, rng, _: damage.local_flicker(
        clip, rng, amount=rng.uniform(0.12, 0.25)
    ),
    "bands": lambda clip, rng, _: _bands(clip, rng),
    "wander": lambda clip, rng, _: damage.coloured_flicker(
        clip, rng, periods=(6, 12), swings=bool(rng.random() < 0.5)
    ),
    "joins": lambda clip, rng, _: damage.joins(clip, rng, every=33),
    "dirt": _dirty,
    "flicker and dirt": lambda clip, rng, mattes: damage.global_flicker(
        _dirty(clip, rng, mattes), rng, gain=(0.85, 1.15), gamma=(0.9, 1.1)
    ),
}
#: Settings of Restore that a person who knows the damage chooses. Joins are evened out with an
#: analysis by the table of joins.
BY_HAND: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "flicker": ({"repair": 0.0, "local": 0.0}, {"repair": 0.0}),
    "colour flicker": ({"repair": 0.0, "local": 0.0}, {"repair": 0.0}),
    "local flicker": ({"repair": 0.0, "bands": "off"}, {"repair": 0.0}),
    "bands": ({"repair": 0.0}, {"repair": 0.0, "resolution": 4}),
    "wander": ({"repair": 0.0, "local": 0.0, "steadiness": 1.0}, {"repair": 0.0}),
    "dirt": ({"flicker": 0.0}, {"flicker": 0.0, "sensitivity": 0.65}),
    "flicker and dirt": ({"local": 0.0}, {"local": 0.0, "sensitivity": 0.65}),
}


def labelled(
    data: Path, name: str, kind: str, draw: int, mattes: list[Array]
) -> tuple[Array, Array]:
    """Damaged and clean clip (T, H, W, 3) uint8; "clean" is a kind too."""
    clean = load_clip(data, name, FRAMES, SIZE)
    if kind == "clean":
        return damage.as_bytes(clean), damage.as_bytes(clean)
    seed = [draw, list(KINDS).index(kind), sum(name.encode())]
    made = KINDS[kind](clean, np.random.default_rng(seed), mattes)
    return damage.as_bytes(made), damage.as_bytes(clean)


def sights_of(clip: Array) -> list[Sight]:
    """Sights of all runs of a clip (T, H, W, 3) uint8."""
    resources, source = Resources(), _Memory(clip)
    found = [look(source, run.start, len(run), "", resources) for run in runs_of(range(len(clip)))]
    return [sight for sight in found if sight is not None]


def auto_tables(data: Path, report: Report) -> list[Table]:
    """Share of damage that is told rightly, and dB that Auto stays behind hand-tuned."""
    told = Table("Auto: share of damage that is named rightly, %")
    near = Table("Auto: PSNR-Y of its result, dB, beside the best of settings chosen by hand")
    mattes = sprite_mattes(data)
    for name in JUDGING_CLIPS:
        for kind in ("clean", *KINDS):
            for draw in range(1 if kind == "clean" else DRAWS):
                report(f"auto: {name}, {kind} {draw}")
                clip, clean = labelled(data, name, kind, draw, mattes)
                found = verdict(sights_of(clip))
                told.put(kind, f"{name} {draw}", {"right": 100.0 * (found.kind == kind)})
                if draw == 0 and kind in BY_HAND:
                    values = advise(found, Restore).values
                    row = {"Auto": _nearness(clip, clean, values)}
                    row["by hand"] = max(_nearness(clip, clean, v) for v in BY_HAND[kind])
                    near.put(kind, name, row)
    return [told, near]


def _nearness(clip: Array, clean: Array, values: Mapping[str, Any]) -> float:
    """Mean PSNR-Y of the frames that are rendered."""
    source, restore, params = _Memory(clip), Restore(), build_params(RestoreParams, values)
    out = np.zeros_like(clip[_RENDERED.start : _RENDERED.stop])
    for place, time in enumerate(_RENDERED):
        restore.process(source, RenderRequest(float(time)), params, out[place])
    truth = clean[_RENDERED.start : _RENDERED.stop]
    return float(psnr_frames(out, truth).mean())


class _Memory:
    """A clip in memory as effects see it."""

    def __init__(self, clip: Array) -> None:
        self.clip = clip

    def fetch(self, time: float) -> Frame | None:
        """The frame, or None outside."""
        return ArrayFrame(self.clip[int(time)]) if 0 <= time < len(self.clip) else None

    def fetch_mask(self, time: float) -> Frame | None:  # noqa: ARG002
        """No mask."""
        return None

    def aborted(self) -> bool:
        """Never."""
        return False
