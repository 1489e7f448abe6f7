# SPDX-License-Identifier: Apache-2.0
"""One process, several, and a farm's parts make the same file, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.batch.hearing import Heard

from evenlight.batch import RenderJob, assemble, render
from evenlight.graph import Graph
from evenlight.io import VideoOptions

KINDS = {
    "out.mov": "prores", "out.mkv": "ffv1", "dnx.mov": "dnxhd", "out.mp4": "h264",
    "hevc.mp4": "hevc",
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_chunks_make_the_file_of_one_run(
    make_video: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    colours = {"colorspace": 9, "color_primaries": 9, "color_trc": 18, "color_range": 1}
    source = make_video("in.mp4", deep=name != "dnx.mov", sound="aac", size=(256, 144), **colours)
    video = VideoOptions(codec=KINDS[name], quality=0)
    graph = Graph.of("deflicker").with_settings(["strength=0"])

    def made(target: str, **choices: object) -> bytes:
        job = RenderJob(source, tmp_path / target, graph, video=video, **choices)  # type: ignore[arg-type]
        render(job, Heard())
        if choices.get("part"):
            return b""
        return (tmp_path / target).read_bytes()

    whole = made(name)
    assert made(f"chunks.{name}", chunk=5) == whole
    for numbers in (range(1, 8), range(8, 13)):
        made(f"farm.{name}", part=True, frames=numbers)
    farm = RenderJob(source, tmp_path / f"farm.{name}", graph, video=video)
    assemble(farm, Heard())
    assert farm.target.read_bytes() == whole
