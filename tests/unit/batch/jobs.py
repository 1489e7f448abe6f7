# SPDX-License-Identifier: Apache-2.0
"""Jobs for tests of renders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evenlight.batch import RenderJob
from evenlight.graph import Graph
from evenlight.io import VideoOptions

Make = Callable[..., Path]
LOOK = ["--graph", "deflicker", "--set", "radius=2", "--set", "encoding=srgb"]
#: Without loss, for x264's macroblock tree does not give the same bytes in each run.
LOSSLESS = VideoOptions(quality=0)


def job(source: Path, target: Path, **options: Any) -> RenderJob:
    graph = Graph.of("deflicker").with_settings(["radius=2", "encoding=srgb"])
    return RenderJob(source, target, graph, video=LOSSLESS, **options)
