# SPDX-License-Identifier: Apache-2.0
"""Auto on labelled damage: the right kind, and how far its result is from hand-tuned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.auto_cases import Cases
from tests.bench.quality import Report, Table

from evenlight.auto.sight import Sight, look, runs_of
from evenlight.auto.suit import advise
from evenlight.auto.verdict import verdict
from evenlight.effects import Resources, Restore
from evenlight.effects.restore import RestoreParams
from evenlight.evaluation.metrics import psnr_frames
from evenlight.evaluation.split import JUDGING_CLIPS
from evenlight.frames import Array, ArrayFrame, Frame, RenderRequest
from evenlight.params import build_params

#: Frames that are rendered for the nearness to hand-tuned, in the middle of a clip.
_RENDERED = range(20, 28)

#: Settings of Restore that a person who knows the damage chooses. Joins are evened out with an
#: analysis by the table of joins.
BY_HAND: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "flicker": ({"repair": 0.0, "local": 0.0}, {"repair": 0.0}),
    "colour flicker": ({"repair": 0.0, "local": 0.0}, {"repair": 0.0}),
    "local flicker": ({"repair": 0.0, "bands": "off"}, {"repair": 0.0}),
    "bands": (
        {"repair": 0.0, "resolution": 4},
        {"repair": 0.0, "resolution": 4, "steadiness": 0.8},
        {"repair": 0.0},
    ),
    "wander": (
        {"repair": 0.0, "local": 0.0},
        {"repair": 0.0, "local": 0.0, "steadiness": 0.65},
        {"repair": 0.0, "local": 0.0, "steadiness": 0.8},
    ),
    "dirt": ({"flicker": 0.0}, {"flicker": 0.0, "sensitivity": 0.65}),
    "flicker and dirt": ({"local": 0.0}, {"local": 0.0, "sensitivity": 0.65}),
}


def sights_of(clip: Array) -> list[Sight]:
    """Sights of all runs of a clip (T, H, W, 3) uint8."""
    resources, source = Resources(), _Memory(clip)
    found = [look(source, run.start, len(run), "", resources) for run in runs_of(range(len(clip)))]
    return [sight for sight in found if sight is not None]


def auto_tables(data: Path, report: Report) -> list[Table]:
    """Share of damage that is told rightly, and dB that Auto stays behind hand-tuned."""
    told = Table("Auto: share of damage that is named rightly, %")
    near = Table("Auto: PSNR-Y of its result, dB, beside the best of settings chosen by hand")
    for scene, kind, clip, clean in Cases.of(data).labelled():
        report(f"auto: {scene}, {kind}")
        found = verdict(sights_of(clip))
        told.put(kind, scene, {"right": 100.0 * (found.kind == kind)})
        if scene in JUDGING_CLIPS and kind != "joins":
            auto = _nearness(clip, clean, advise(found, Restore).values)
            tried = (_nearness(clip, clean, one) for one in BY_HAND.get(kind, ()))
            by_hand = max(tried, default=60.0)  # a clean clip is to stay as it is
            near.put(
                kind,
                scene,
                {"Auto": auto, "by hand": by_hand, "most behind": max(by_hand - auto, 0.0)},
            )
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
