# SPDX-License-Identifier: Apache-2.0
"""Real dirt on old film, labelled by eye: what methods take out, what they harm, and their cliffs.

The labels and their scorer lie in the folder of the data, `realdirt`; only labelled frames are
rendered, for a frame needs no other's result.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from tests.bench.peers import Method, package
from tests.bench.quality import Report, Row, Table
from tests.bench.spotless import PYTHON, is_here, spotless

from evenlight.effects import Deblotch, Restore
from evenlight.frames import Array

#: Settings along which nothing may break: removed and harm grow, and no region is made.
SENSITIVITIES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Change of a pixel (levels) that can be seen, as the scorer has it.
_SEEN = 6
_COLUMNS = ("removed", "small", "medium", "large", "ring", "harm", "end_removed", "end_harm")
#: Patterns in which film is shown: times that each picture is.
PATTERNS = {"2:2": (2,), "3:2": (3, 2), "16 as 24": (2, 1)}
_DOUBLED = "rrtn_great_train_robbery_1903"
_DOUBLED_FRAMES = range(18, 26)


def dirt(data: Path | None, report: Report) -> Iterator[Table]:
    """The tables, where the labels are there."""
    path = None if data is None else data / "realdirt" / "score.py"
    if path is None or not path.exists():
        return
    scorer = _module(path)
    table = Table("Real dirt, labelled by eye (shares; largest false region in pixels)")
    for name, effect, run in (
        ("Evenlight Deblotch", "deblotch", package(Deblotch)),
        ("Evenlight Restore", "restore", package(Restore)),
    ):
        report(f"dirt: {name}")
        table.put(name, "films", _scored(scorer, path, effect, run))
    report("dirt: SpotLess")
    if is_here():
        table.put("SpotLess", "films", _scored(scorer, path, "deblotch", spotless))
    else:
        nothing = dict.fromkeys((*_COLUMNS, "false region"), float("nan"))
        table.put(f"SpotLess: {PYTHON} names no Python with it", "films", nothing)
    for name, baseline in (("gated median of three", "median"), ("the labels' masks", "oracle")):
        report(f"dirt: {name}")
        table.put(name, "films", _baseline(path, baseline))
    yield table
    yield _cliffs(scorer, path, report)
    yield _doubled(scorer, report)


def _cliffs(scorer: ModuleType, path: Path, report: Report) -> Table:
    table = Table("The same along Sensitivity")
    for sensitivity in SENSITIVITIES:
        report(f"dirt: sensitivity {sensitivity:g}")
        run = package(Deblotch, {"sensitivity": sensitivity})
        row = _scored(scorer, path, "deblotch", run)
        table.put(f"sensitivity {sensitivity:g}", "films", row)
    return table


def _doubled(scorer: ModuleType, report: Report) -> Table:
    """Pixels changed in frames that are shown more than once, for each of the film shown once."""
    table = Table("Film frames shown more than once: pixels changed, against once (1 is right)")
    film = _film(scorer, _DOUBLED)
    run = package(Deblotch)
    part = film[_DOUBLED_FRAMES.start - 3 : _DOUBLED_FRAMES.stop + 3]
    alone = run(part, range(3, len(part) - 3))
    once = [_changed(out, frame) for out, frame in zip(alone, part[3:-3], strict=True)]
    row = {}
    for name, pattern in PATTERNS.items():
        report(f"dirt: shown {name}")
        times = [pattern[i % len(pattern)] for i in range(len(part))]
        shown = np.repeat(np.arange(len(part)), times)
        inside = np.flatnonzero((shown >= 3) & (shown < len(part) - 3))
        out = run(part[shown], range(int(inside[0]), int(inside[-1]) + 1))
        shares = [
            _changed(frame, part[n]) / max(once[n - 3], 1e-9)
            for frame, n in zip(out, shown[inside], strict=True)
        ]
        row[f"{name}, mean"], row[f"{name}, least"] = float(np.mean(shares)), min(shares)
    table.put("Evenlight Deblotch", _DOUBLED, row)
    return table


def _changed(out: Array, frame: Array) -> float:
    return float((np.abs(out.astype(int) - frame) > _SEEN).mean())


def _scored(scorer: ModuleType, path: Path, effect: str, run: Method) -> Row:
    """The row of a method, which is rendered where frames are labelled."""
    largest = 0
    with tempfile.TemporaryDirectory() as folder:
        for film, frames in _labelled(scorer).items():
            clip, place = _film(scorer, film), Path(folder) / film
            place.mkdir()
            for number in frames:
                out = run(clip, range(number - 1, number))[0]
                cv2.imwrite(
                    str(place / f"f.{number:04d}.png"), np.ascontiguousarray(out[..., ::-1])
                )
                if effect == "deblotch":
                    largest = max(largest, _largest_false(scorer, film, number, clip, out))
        row = _figures(path, effect, "--from", folder)
    return row | {"false region": float(largest)} if effect == "deblotch" else row | _NO_REGION


_NO_REGION: Row = {"false region": float("nan")}


def _baseline(path: Path, name: str) -> Row:
    return _figures(path, "deblotch", "--baseline", name) | _NO_REGION


def _figures(path: Path, effect: str, *arguments: str) -> Row:
    with tempfile.NamedTemporaryFile(suffix=".json") as written:
        command = [sys.executable, str(path), effect, *arguments, "--json", written.name]
        subprocess.run(command, check=True, capture_output=True)
        figures = json.loads(Path(written.name).read_text())["table"]["all"]
    return {column: float(figures[column]) for column in _COLUMNS}


def _largest_false(scorer: ModuleType, film: str, number: int, clip: Array, out: Array) -> int:
    """Pixels of the largest region that was changed where neither dirt nor doubt is labelled."""
    seen = np.abs(out.astype(int) - clip[number - 1]).max(axis=2) > _SEEN
    for label in _labels(scorer):
        if (label["film"], label["frame"]) == (film, number) and label["class"] != "keep":
            left, top, right, bottom = label["box"]
            seen[max(top - 3, 0) : bottom + 3, max(left - 3, 0) : right + 3] = False
    _, _, statistics, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8))
    return int(statistics[1:, cv2.CC_STAT_AREA].max(initial=0))


def _labelled(scorer: ModuleType) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for label in _labels(scorer):
        found.setdefault(label["film"], set()).add(label["frame"])
    return {film: sorted(frames) for film, frames in sorted(found.items())}


def _labels(scorer: ModuleType) -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = scorer.index()["labels"]
    return labels


def _film(scorer: ModuleType, film: str) -> Array:
    pictures: Callable[[str], list[Array]] = scorer.pictures
    return np.stack([picture[..., ::-1] for picture in pictures(film)])


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("realdirt_score", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
