# SPDX-License-Identifier: Apache-2.0
"""Additive flicker: smooth veils that stay for 2 to 12 frames, over still and moving cameras."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from tests.bench.coloured import camera_of
from tests.bench.peers import Method
from tests.bench.quality import Report, Table
from tests.bench.scenes import Scenes

from evenlight.evaluation import damage, flickering, metrics
from evenlight.frames import Array

#: Columns and rows over which errors are averaged: grain and edges are none of a veil.
_BLOCKS = (16, 9)


def additive_table(scenes: Scenes, methods: Mapping[str, Method], report: Report) -> Table:
    """Veil left over the flickering clip's, in per cent; means over clips of either camera."""
    found: dict[str, dict[str, list[float]]] = {method: {} for method in methods}
    for name, clean in scenes.clean():
        rng = np.random.default_rng([scenes.seed, 3, sum(name.encode())])
        lit = clean.astype(np.float32) / np.float32(255)
        veiled = damage.as_bytes(flickering.window_constant(lit, rng))
        before = veil(veiled, clean)
        for method, run in methods.items():
            report(f"additive flicker: {name}, {method}")
            left = 100 * veil(run(veiled, range(len(clean))), clean) / before
            found[method].setdefault(camera_of(clean), []).append(left)
    table = Table("Additive flicker, smooth, for 2 to 12 frames: veil left, % of the clip's")
    for method, columns in found.items():
        row = {c: float(np.mean(columns[c])) for c in sorted(columns, reverse=True)}
        table.put(method, "means", row)
    return table


def veil(clip: Array, clean: Array) -> float:
    """Error of luma over blocks about its mean over the clip, rms in levels."""
    errors = np.stack(
        [
            cv2.resize(one - truth, _BLOCKS, interpolation=cv2.INTER_AREA)
            for one, truth in zip(metrics.luma(clip), metrics.luma(clean), strict=True)
        ]
    )
    return float(np.sqrt(np.mean(np.square(errors - errors.mean(axis=0)))))
