# SPDX-License-Identifier: Apache-2.0
"""`make bench`: Evenlight against free peers in one run, on clips that nothing was tuned on."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from rich.console import Console
from tests.bench import clips, farm
from tests.bench.additive import additive_table
from tests.bench.auto import auto_tables
from tests.bench.coloured import coloured_table
from tests.bench.cost import (
    PLUGIN,
    RUNTIMES,
    cost_of,
    in_own_process,
    joint_cost,
    learned_cost,
    plugin_speed,
    repair_cost,
)
from tests.bench.dirt import dirt
from tests.bench.film import film_tables
from tests.bench.made import fields_table, joins_table
from tests.bench.peers import METHODS, suited
from tests.bench.quality import Row, measure
from tests.bench.scenes import DAMAGES, PHOTOGRAPHS, Scenes
from tests.bench.stages import measure_stages, mixed
from tests.bench.tables import show

import evenlight
from evenlight.bundle import built_bundle
from evenlight.errors import MediaError
from evenlight.evaluation.split import JUDGING

TABLES = (
    *(
        "clean",
        *DAMAGES,
        "cut",
        "kept",
        "farm",
        "film",
        "coloured",
        "additive",
        "fields",
        "joins",
    ),
    *("dirt", "auto", "stages", "cost", "repair", "learned", "speed", "chunks"),
)
#: As many as the published time is given for.
LEARNED_FRAMES = 80
_WIDTH = 140  # of tables that go into a file
_BESIDE = Path(__file__).parents[3] / "shared" / "data"


def main() -> int:
    """Run what is asked for; 2 for a wrong request."""
    options = _options()
    console, progress = Console(), Console(stderr=True)
    if not console.is_terminal:
        console.width = _WIDTH
    scenes, where = _scenes(options)
    unknown = set(options.only) - set(TABLES)
    if unknown:
        progress.print(f"error: there is no table {min(unknown)}; there are {', '.join(TABLES)}")
        return 2
    only = set(options.only or TABLES)
    conditions = _conditions(scenes, where)
    console.print(
        f"{len(scenes.names)} clips of {scenes.frames} frames, {where}; means over the clips"
    )
    results: dict[str, Any] = {}

    def keep(title: str, rows: Mapping[str, Row], cells: object = None) -> None:
        show(console, title, rows)
        results[title] = {"mean": rows} | ({"clips": cells} if cells else {})
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"conditions": conditions, "tables": results}, indent=1))

    try:
        with progress.status("") as status:
            for table in measure(scenes, METHODS, only, status.update):
                keep(table.title, table.means(), table.cells)
            if "film" in only and scenes.data is not None:
                for table in film_tables(scenes, suited(METHODS, "film"), status.update):
                    keep(table.title, table.means(), table.cells)
            if "coloured" in only:
                table = coloured_table(scenes, suited(METHODS, "coloured"), status.update)
                keep(table.title, table.means(), table.cells)
            if "additive" in only:
                table = additive_table(scenes, suited(METHODS, "additive"), status.update)
                keep(table.title, table.means(), table.cells)
            if "fields" in only:
                table = fields_table(scenes, METHODS, status.update)
                keep(table.title, table.means(), table.cells)
            if "joins" in only and scenes.data is not None:
                table = joins_table(scenes, status.update)
                keep(table.title, table.means(), table.cells)
            if "dirt" in only:
                for table in dirt(scenes.data, status.update):
                    keep(table.title, table.means(), table.cells)
            if "auto" in only and scenes.data is not None:
                for table in auto_tables(scenes.data, status.update):
                    keep(table.title, table.means(), table.cells)
            if "stages" in only:
                for table in measure_stages(scenes, status.update):
                    keep(table.title, table.means(), table.cells)
            for title, rows in _costs(scenes, only, status.update, progress):
                keep(title, rows)
    except clips.MissingClipError as error:
        progress.print(f"error: {error}", markup=False)
        return 2
    console.print(f"every figure, by clip: {options.json}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder that holds clips/ and oldfilm/")
    parser.add_argument("--quick", action="store_true", help="two clips of half the length")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="TABLE", help=f"of {', '.join(TABLES)}"
    )
    parser.add_argument("--json", type=Path, default=Path("bench/bench.json"))
    return parser.parse_args()


def _scenes(options: argparse.Namespace) -> tuple[Scenes, str]:
    data = options.data or (_BESIDE if _BESIDE.is_dir() else None)
    names = PHOTOGRAPHS if data is None else JUDGING
    length = clips.FRAMES
    if options.quick:
        names, length = names[:2], length // 2
    where = "made of photographs" if data is None else f"of {data.name}"
    return Scenes(data, names, length), where


def _costs(
    scenes: Scenes, only: set[str], report: Any, progress: Console
) -> list[tuple[str, dict[str, Row]]]:
    found: list[tuple[str, dict[str, Row]]] = []
    try:
        built_bundle()
        has_plugin = True
    except MediaError as error:
        progress.print(f"note: {error}; the plug-in is left out", markup=False)
        has_plugin = False
    if "cost" in only:
        name, clean = next(scenes.clean())
        flickering, _ = scenes.damaged(name, clean, "global")
        rows = {}
        for method in [*METHODS, *([PLUGIN] if has_plugin else [])]:
            report(f"cost: {method}")
            rows[method] = in_own_process(cost_of, method, flickering)
        found.append(("Cost at 640 x 360, each in a process of its own", rows))
    if "repair" in only:
        name, clean = next(scenes.clean())
        blotched, _ = scenes.damaged(name, clean, "blotch")
        rows = {}
        for size in ((640, 360), (1920, 1080)):
            report(f"repair: {size}")
            rows[f"Deblotch, {size[0]} x {size[1]}"] = in_own_process(
                repair_cost, size, blotched[:24]
            )
        found.append(("Deblotch, frame after frame", rows))
        everything, _ = scenes.damaged(name, clean, "all")
        rows = {"Restore, 5 frames, two processes": joint_cost(everything)}
        found.append(("100 frames of 480 x 320, flicker and blotches together", rows))
    if "learned" in only and has_plugin:
        name, clean = next(scenes.clean())
        there_and_back = np.concatenate([clean, clean[-2::-1]])[:LEARNED_FRAMES]
        flickering = mixed(there_and_back, scenes.seed)
        rows = {}
        for size in ((640, 480), (1920, 1080)):
            report(f"learned: {size}")
            rows[f"{size[0]} x {size[1]}"] = in_own_process(learned_cost, size, flickering)
        found.append((f"All learned stages in the plug-in, {len(flickering)} frames", rows))
    if "speed" in only and has_plugin:
        rows = {}
        for runtime in RUNTIMES:
            for method in ("learned", "classical"):
                report(f"speed: {runtime}, {method}")
                cost = in_own_process(plugin_speed, runtime, scenes.frames, method)
                rows[f"{runtime}, {method}"] = cost
        found.append(("The plug-in at 1920 x 1080, float RGBA, frame after frame", rows))
    if "chunks" in only:
        name, clean = next(scenes.clean())
        everything, _ = scenes.damaged(name, clean, "all")
        report("chunks")
        flickering, _ = scenes.damaged(name, clean, "global")
        found += farm.tables(everything, flickering)
    return found


def _conditions(scenes: Scenes, where: str) -> dict[str, Any]:
    return {
        "clips": scenes.names,
        "frames": scenes.frames,
        "size": clips.SIZE,
        "seed": scenes.seed,
        "where": where,
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "evenlight": evenlight.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "pyav": av.__version__,
    }


if __name__ == "__main__":
    sys.exit(main())
