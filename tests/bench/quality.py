# SPDX-License-Identifier: Apache-2.0
"""Runs every method over every scene; the answers are tables of figures by method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from tests.bench.metrics import detected, seam, ssim, strayed, texture, touched
from tests.bench.peers import Method, suited
from tests.bench.scenes import DAMAGES, DRAWS, Scenes

from evenlight.evaluation import metrics
from evenlight.frames import Array

#: Figures of one method in one table, by column; those of several clips are averaged.
Row = dict[str, float]
Report = Callable[[str], None]


@dataclass(slots=True)
class Table:
    """Figures of several clips: method -> clip -> column -> figure."""

    title: str
    cells: dict[str, dict[str, Row]] = field(default_factory=dict)

    def put(self, method: str, clip: str, row: Row) -> None:
        """Note what one method did to one clip."""
        self.cells.setdefault(method, {})[clip] = row

    def means(self) -> dict[str, Row]:
        """Each method's mean over the clips; the worst of columns that say so."""
        rows: dict[str, Row] = {}
        for method, by_clip in self.cells.items():
            columns = next(iter(by_clip.values()))
            rows[method] = {
                column: _summary(column, [row[column] for row in by_clip.values()])
                for column in columns
            }
        return rows


def _summary(column: str, figures: list[float]) -> float:
    if column.startswith("worst frame"):
        return min(figures)
    return max(figures) if column.startswith("most") else float(np.mean(figures))


def measure(
    scenes: Scenes, methods: Mapping[str, Method], only: set[str], report: Report
) -> Iterator[Table]:
    """The tables asked for, each as soon as it is complete."""
    kinds = [kind for kind in DAMAGES if kind in only]
    if kinds or "clean" in only:
        tables = {kind: Table(_TITLES[kind]) for kind in ("clean", *DAMAGES)}
        for name, clean in scenes.clean():
            motion = metrics.CleanMotion(clean)
            if "clean" in only:
                suitable = suited(methods, "clean")
                _clean_in(tables["clean"], name, clean, motion, suitable, report)
            for kind in kinds:
                report(f"{kind} flicker: {name}")
                for draw in range(DRAWS.get(kind, 1)):
                    damaged, mask = scenes.damaged(name, clean, kind, draw)
                    for method, run in suited(methods, kind).items():
                        out = run(damaged, range(len(damaged)))
                        row = _judge(out, clean, motion, mask)
                        if mask is not None:
                            row["F1"] = detected(out, damaged, clean)
                        tables[kind].put(method, f"{name} {draw}" if draw else name, row)
        yield from (table for table in tables.values() if table.cells)
    for kind, table in (("cut", _cut), ("kept", _kept), ("farm", _farm)):
        if kind in only:
            yield table(scenes, suited(methods, kind), report)


_TITLES = {
    "clean": "Clean clips, which should come back as they are",
    "global": "Global flicker: gain 0.7 to 1.3 and gamma 0.8 to 1.25 for each frame",
    "local": "Local flicker: a 4 x 4 grid of gains, 25 % either way",
    "row": "Row-wise flicker: bands of 20 %, phase at random",
    "colour": "Colour flicker: gains of 20 % for each channel",
    "blotch": "Blotches: opaque, 0.5 to 2 % of each frame",
    "all": "Blotches, local and global flicker together",
}


def _clean_in(
    table: Table,
    name: str,
    clean: Array,
    motion: metrics.CleanMotion,
    methods: Mapping[str, Method],
    report: Report,
) -> None:
    report(f"clean: {name}")
    for method, run in methods.items():
        out = run(clean, range(len(clean)))
        frames = metrics.psnr_frames(out, clean)
        sharpness, grain = texture(out, clean)
        table.put(
            method,
            name,
            {
                "PSNR-Y": float(frames.mean()),
                "worst frame": float(frames.min()),
                "warp": motion.warp_error(out),
                "sharpness": sharpness,
                "grain": grain,
                "touched %": 100 * touched(out, clean),
            },
        )


def _judge(out: Array, clean: Array, motion: metrics.CleanMotion, mask: Array | None) -> Row:
    sharpness, grain = texture(out, clean)
    row = {
        "PSNR-Y": float(metrics.psnr_frames(out, clean).mean()),
        "SSIM": ssim(out, clean),
        "warp": motion.warp_error(out),
        "step": metrics.step(out, clean),
        "sharpness": sharpness,
        "grain": grain,
    }
    if mask is not None:
        row["inside"] = float(metrics.psnr_frames(out, clean, mask).mean())
        row["outside"] = float(metrics.psnr_frames(out, clean, ~mask).mean())
    return row


def _cut(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    table = Table("A cut: two clean shots joined, and the same with global flicker")
    clean = scenes.cut()
    damaged, _ = scenes.damaged("cut", clean, "global")
    near = slice(len(clean) // 2 - 5, len(clean) // 2 + 5)
    for method, run in methods.items():
        report(f"cut: {method}")
        frames = metrics.psnr_frames(run(clean, range(len(clean))), clean)
        flickering = metrics.psnr_frames(run(damaged, range(len(damaged))), clean)
        table.put(
            method,
            "cut",
            {
                "worst frame, clean in": float(frames.min()),
                "5 frames from it, clean in": float(frames[near].mean()),
                "worst frame, flickering": float(flickering.min()),
                "5 frames from it, flickering": float(flickering[near].mean()),
            },
        )
    return table


def _kept(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    table = Table("Light that is meant to change: largest change of a frame's brightness, levels")
    rows: dict[str, Row] = {method: {} for method in methods}
    for name, clip in scenes.kept():
        report(f"kept: {name}")
        for method, run in methods.items():
            rows[method][name] = strayed(run(clip, range(len(clip))), clip)
    for method, row in rows.items():
        table.put(method, "kept", row)
    return table


def _farm(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    table = Table("Two jobs of a render farm, against one")
    name, clean = next(scenes.clean())
    damaged, _ = scenes.damaged(name, clean, "global")
    half = len(damaged) // 2
    for method, run in methods.items():
        report(f"farm: {method}")
        whole = run(damaged, range(len(damaged)))
        parts = [run(damaged, range(half)), run(damaged, range(half, len(damaged)))]
        differ, jump = seam(np.concatenate(parts), whole, half)
        table.put(method, name, {"frames that differ": differ, "step at the seam": jump})
    return table
