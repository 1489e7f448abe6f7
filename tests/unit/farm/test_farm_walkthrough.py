# SPDX-License-Identifier: Apache-2.0
"""The walk-through of docs/farm.md as it stands there, with six frames of a film of 1906."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
#: The picture's upper row is six frames as scanned, side by side.
_FRAMES, _WIDTH, _HEIGHT = 6, 213, 162


def film(path: Path) -> None:
    picture = cv2.imread(str(ROOT / "docs/pictures/market_street_1906.jpg"))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=16, options={"qp": "0"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = _WIDTH - 1, _HEIGHT, "yuv420p"
        for number in range(_FRAMES):
            left = number * _WIDTH
            shown = np.ascontiguousarray(picture[:_HEIGHT, left : left + _WIDTH - 1])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="bgr24")))
        container.mux(stream.encode(None))


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
def test_the_walkthrough_runs(tmp_path: Path) -> None:
    film(tmp_path / "film.mov")
    text = (ROOT / "docs/farm.md").read_text(encoding="utf-8")
    commands = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(commands) >= 5
    bins = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for block in commands:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env=os.environ | {"PATH": bins},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    names = {path.name for path in tmp_path.iterdir()}
    assert {"steady.mov", "alone.mov", "job.yaml"} <= names
    assert not [name for name in names if name.endswith(".parts") or ".part." in name]
    assert len(list((tmp_path / "scan").glob("film.*.exr"))) == _FRAMES
    before, after = (np.stack(list(frames(tmp_path / n))) for n in ("film.mov", "steady.mov"))
    step = [float(np.abs(np.diff(clip.mean(axis=(1, 2)))).mean()) for clip in (before, after)]
    assert step[1] < 0.8 * step[0]


def frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
