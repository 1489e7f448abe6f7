# SPDX-License-Identifier: Apache-2.0
"""Summary of the demo: figures before and after, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..evaluation import metrics
from ..frames import Array
from ..io import Reader
from .watch import Watch


@dataclass(frozen=True, slots=True)
class Judged:
    """Figures of one clip against the truth."""

    psnr: float  # dB
    step: float  # levels
    warp: float  # levels


def judge(before: Array, after: Array, truth: Array) -> tuple[Judged, Judged, Judged]:
    """Figures before, after and of the truth itself; clips are (T, H, W, 3) uint8."""
    motion = metrics.CleanMotion(truth)
    figures = [
        Judged(
            float(metrics.psnr_frames(clip, truth).mean()),
            metrics.step(clip, truth),
            motion.warp_error(clip),
        )
        for clip in (before, after, truth)
    ]
    return figures[0], figures[1], figures[2]


def summarise(
    console: Console,
    watch: Watch,
    source: Reader,
    judged: tuple[Judged, Judged, Judged] | None,
    written: list[Path],
) -> None:
    """Print the table and the files."""
    table = Table(title="What improved", title_justify="left", title_style="bold")
    table.add_column("")
    for heading in ("before", "after", *(["the truth"] if judged else [])):
        table.add_column(heading, justify="right")
    before, after = watch.flicker
    none = ["0"] if judged else []
    table.add_row("flicker of the brightness, stops", f"{before:.3f}", f"{after:.3f}", *none)
    if judged:
        psnr = [f"{each.psnr:.1f}" for each in judged[:2]]
        table.add_row("nearness to the truth, PSNR-Y in dB", *psnr, "")
        step = [f"{each.step:.2f}" for each in judged]
        table.add_row("false step from frame to frame, levels of 255", *step)
        warp = [f"{each.warp:.2f}" for each in judged]
        table.add_row("change along the motion (warp), levels", *warp)
    console.print(table)
    rate = f", {1000 / watch.milliseconds:.0f} frames a second" if watch.milliseconds else ""
    height, width, _ = source.shape
    console.print(f"{watch.milliseconds:.1f} ms a frame of {width} x {height}{rate}")
    for path in written:
        console.print(f"wrote {path}", markup=False, highlight=False)
