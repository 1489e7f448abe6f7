# SPDX-License-Identifier: Apache-2.0
"""Real films: light that jumps from frame to frame, and light that wanders, on the same pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.bench.peers import Method
from tests.bench.quality import Report, Row, Table
from tests.bench.scenes import Scenes

from evenlight.evaluation.film_light import FilmMotion, step_rms, wander_rms

#: Methods whose better one is the mark, and what the marked methods' names begin with.
_MARKS = ("FFmpeg tmidequalizer, r 8, s 1", "FFmpeg deflicker, size 10")
_OURS = "Evenlight"


def film_tables(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Iterator[Table]:
    """Step and wander of each film, and how both stand to the better of FFmpeg's two filters."""
    steps: dict[str, Row] = {method: {} for method in methods}
    wanders: dict[str, Row] = {method: {} for method in methods}
    for name, film in scenes.films():
        motion = FilmMotion(film)
        for method, run in methods.items():
            report(f"film: {name}, {method}")
            light = motion.steps(run(film, range(len(film))))
            steps[method][name] = step_rms(light)
            wanders[method][name] = wander_rms(light)
    yield _table("Real film: light from frame to frame, rms in millistops", steps)
    yield _table("Real film: light about its mean of 15 frames, rms in millistops", wanders)
    if set(_MARKS) <= set(methods):
        title = "Real film: step or wander, the worse, over that of the better of FFmpeg's two"
        yield _table(title, _ratios(steps, wanders))


def _ratios(steps: Mapping[str, Row], wanders: Mapping[str, Row]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for method in (method for method in steps if method.startswith(_OURS)):
        rows[method] = {
            name: max(
                of[method][name] / min(of[mark][name] for mark in _MARKS) for of in (steps, wanders)
            )
            for name in steps[method]
        }
        rows[method]["mean"] = sum(rows[method].values()) / max(len(rows[method]), 1)
    return rows


def _table(title: str, rows: Mapping[str, Row]) -> Table:
    table = Table(title)
    for method, row in rows.items():
        table.put(method, "films", row)
    return table
