# SPDX-License-Identifier: Apache-2.0
"""Coloured flicker: gains that wander over several frames, over still and moving cameras."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from tests.bench.metrics import light_error
from tests.bench.peers import Method
from tests.bench.quality import Report, Row, Table
from tests.bench.scenes import Scenes

from evenlight.evaluation import damage
from evenlight.evaluation.film_light import FilmMotion
from evenlight.frames import Array

#: Median motion, pixels of the halved frame, from which a camera counts as moving.
_MOVES = 1.0
_KINDS = {"swings": True, "creeps": False}


def coloured_table(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    """Light left over the flickering clip's, in per cent; means over clips of either camera."""
    found: dict[str, dict[str, list[float]]] = {method: {} for method in methods}
    for name, clean in scenes.clean():
        camera = camera_of(clean)
        for number, (kind, swings) in enumerate(_KINDS.items()):
            rng = np.random.default_rng([scenes.seed, number, sum(name.encode())])
            lit = clean.astype(np.float32) / np.float32(255)
            flickering = damage.as_bytes(damage.coloured_flicker(lit, rng, swings=swings))
            before = float(light_error(flickering, clean).std())
            for method, run in methods.items():
                report(f"coloured flicker: {name}, {method}")
                left = float(light_error(run(flickering, range(len(clean))), clean).std())
                found[method].setdefault(f"{camera}, {kind}", []).append(100 * left / before)
    table = Table("Coloured flicker of 3 to 12 frames, 3 to 8 %: light left, % of the clip's")
    for method, columns in found.items():
        row: Row = {c: float(np.mean(columns[c])) for c in sorted(columns, reverse=True)}
        table.put(method, "means", row)
    return table


def camera_of(clean: Array) -> str:
    """The camera of a clean clip: still, or moving."""
    return "moving" if FilmMotion(clean).speed() >= _MOVES else "still"
