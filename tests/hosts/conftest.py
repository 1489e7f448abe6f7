# SPDX-License-Identifier: Apache-2.0
"""Hosts that we did not write; `make test-hosts` names the folder where they are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from evenlight.frames import Array
from release.debian import UnreachableError, unpacked

from .melt import Melt

#: The first Debian suite with OpenFX in MLT, and what is unpacked of it.
SUITE, PACKAGES = "forky", ("melt", "libmlt-data")
NOT_TRIED = "MLT WAS NOT TRIED"
FOLDER = os.environ.get("EVENLIGHT_HOSTS")
if not FOLDER:  # an ordinary test run, which fetches nothing
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def mlt_root() -> Path:
    assert FOLDER
    try:
        return unpacked(Path(FOLDER) / "mlt", SUITE, PACKAGES)
    except UnreachableError as error:
        pytest.skip(f"{NOT_TRIED}: its packages cannot be reached ({error})")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")}
    for reason in sorted(reason for reason in reasons if NOT_TRIED in reason):
        terminalreporter.section(reason, sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def melt(mlt_root: Path, bundle: Path) -> Melt:
    """melt with the built bundle."""
    return Melt(mlt_root, bundle.parent)


WriteVideo = Callable[[Path, Sequence[Array], str, str, dict[str, str]], Path]


@pytest.fixture(scope="session")
def write_video() -> WriteVideo:
    """Writes frames (h, w, 3) uint8 as video of 25 frames a second."""

    def write(
        path: Path, frames: Sequence[Array], codec: str, pix_fmt: str, options: dict[str, str]
    ) -> Path:
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=25, options=options)
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = pix_fmt
            for frame in frames:
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        return path

    return write


@pytest.fixture(scope="session")
def shown_frames(tmp_path_factory: pytest.TempPathFactory, write_video: WriteVideo) -> Path:
    """A short video of noise, each frame another."""
    rng = np.random.default_rng(5)
    frames = [rng.integers(0, 255, (90, 160, 3), np.uint8) for _ in range(12)]
    path = tmp_path_factory.mktemp("noise") / "noise.mp4"
    return write_video(path, frames, "libx264", "yuv420p", {"crf": "16"})
