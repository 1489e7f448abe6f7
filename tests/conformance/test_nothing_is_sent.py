# SPDX-License-Identifier: Apache-2.0
"""Nothing is sent to anybody and nothing is left in the home folder, whatever libraries would do.

ONNX Runtime reports usage to its maker unless it is told not to before it is loaded: it puts a
device id and a database under the home folder at once, and looks its server up seconds later.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest
from hard_hosts import SHAPE, clip

HERE = Path(__file__).parent


def in_an_empty_home(command: list[str], home: Path, **more: str) -> list[Path]:
    """Files and folders that a command leaves in the home folder."""
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    kept.pop("ORT_DISABLE_TELEMETRY", None)
    environment = {**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **more}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    return sorted(home.rglob("*"))


@pytest.mark.parametrize("runtime", ["embedded", "worker"])
def test_a_host_that_renders_finds_nothing_in_its_home(tmp_path: Path, runtime: str) -> None:
    command = [sys.executable, str(HERE / "hard_hosts.py"), "renders_with_networks"]
    assert in_an_empty_home(command, tmp_path / "home", EVENLIGHT_RUNTIME=runtime) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_command_line_leaves_nothing_in_the_home(tmp_path: Path, jobs: str) -> None:
    for number, frame in enumerate(clip()[:4], 1):
        image = OpenImageIO.ImageBuf(np.ascontiguousarray(frame))
        assert image.write(str(tmp_path / f"in.{number:04d}.exr"))
    assert clip()[0].shape[:2] == SHAPE
    command = [sys.executable, "-m", "evenlight.cli", "render", str(tmp_path / "in.####.exr")]
    command += ["-o", str(tmp_path / "out.####.exr"), "--graph", "restore", "--chunk", "2"]
    assert in_an_empty_home([*command, "--jobs", jobs], tmp_path / "home") == []
    assert len(list(tmp_path.glob("out.*.exr"))) == 4


def test_the_library_would_leave_something_if_it_were_let(tmp_path: Path) -> None:
    """So that the tests above would fail; a version that leaves nothing makes them idle."""
    left = in_an_empty_home([sys.executable, "-c", "import onnxruntime"], tmp_path / "home")
    if not left:
        pytest.skip("this ONNX Runtime leaves nothing by itself")
    assert any("onnxruntime" in path.name for path in left)
