# SPDX-License-Identifier: Apache-2.0
"""What the tests of the runtimes share: the stand-in package, and reading what the probe made."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import time
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
from tests.processes import children_of

import evenlight
from evenlight.frames import Array

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EFFECT = "org.evenlight.stand_in"


@dataclass(frozen=True)
class Line:
    """What the probe says of one frame."""

    time: int
    milliseconds: float
    text: str


@dataclass(frozen=True)
class Rendered:
    lines: list[Line]
    pixels: bytes
    log: str
    copy_milliseconds: float
    peak_megabytes: int

    @property
    def texts(self) -> list[str]:
        return [line.text for line in sorted(self.lines, key=lambda line: line.time)]


def make_stand_in_python(folder: Path) -> Path:
    """A Python whose evenlight is ours but for its effects."""
    overlay = folder / "overlay" / "evenlight"
    (overlay / "effects").mkdir(parents=True)
    for source in (Path(entry) for entry in evenlight.__path__):
        for file in source.iterdir():
            if file.name not in {"effects", "__pycache__"} and not (overlay / file.name).exists():
                (overlay / file.name).symlink_to(file)
        for name in ("base.py", "resources.py"):
            if (source / "effects" / name).exists():
                (overlay / "effects" / name).symlink_to(source / "effects" / name)
    shutil.copy(HERE / "stand_in_effects.py", overlay / "effects" / "__init__.py")
    venv.EnvBuilder(symlinks=True).create(folder / "venv")
    scheme = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    site = Path(sysconfig.get_path("purelib", "venv", scheme))
    libraries = [str(Path(module.__file__ or "").parents[1]) for module in (np, cv2)]
    information = str(metadata.distribution("evenlight").locate_file(""))
    paths = dict.fromkeys([str(overlay.parent), *libraries, information])
    (site / "stand_in.pth").write_text("\n".join(paths))
    return folder / "venv" / "bin" / "python"


def finish(process: subprocess.Popen[str], folder: Path) -> Rendered:
    """Wait for the probe and read what it made."""
    output, _ = process.communicate(timeout=240)
    log = (folder / "log").read_text()
    assert process.returncode == 0, output + log
    *lines, last = output.splitlines()
    told = [line.split(" ", 2) for line in lines]
    _, copy, _, peak = last.split()
    return Rendered(
        lines=[Line(int(t), float(ms), text) for t, ms, text in told],
        pixels=(folder / "out").read_bytes(),
        log=log,
        copy_milliseconds=float(copy),
        peak_megabytes=int(peak),
    )


def sequence(rng: np.random.Generator, count: int, shape: tuple[int, int, int]) -> Array:
    """Frames with values below 0, above 1 and not finite."""
    frames = rng.normal(0.5, 1.0, (count, *shape)).astype(np.float32)
    frames[0, 0, 0, 0] = np.inf
    return frames


def flickering(rng: np.random.Generator, count: int, shape: tuple[int, int]) -> Array:
    """A smooth picture with grain whose light jumps from frame to frame, (T, h, w, 4)."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width] / 20.0
    picture = 0.4 + 0.2 * np.sin(x[..., None] + [0, 1, 2]) * np.cos(y[..., None])
    frames = np.ones((count, height, width, 4), np.float32)
    for frame in frames:
        grain = rng.normal(0, 0.01, picture.shape)
        frame[..., :3] = rng.uniform(0.8, 1.2) * picture + grain
    return frames


def wait_for(mark: Path, patience: float = 60.0) -> None:
    """Until somebody has made a file."""
    end = time.monotonic() + patience
    while not mark.exists():
        assert time.monotonic() < end, f"nobody made {mark}"
        time.sleep(0.01)


def worker_of(process: subprocess.Popen[str], patience: float = 60.0) -> int:
    """The process id of the probe's worker."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        for child in children_of(process.pid, b"evenlight.worker"):
            return child
        time.sleep(0.01)
    raise AssertionError("no worker was started")


def has_ended(pid: int, patience: float = 60.0) -> bool:
    """Whether a process is gone, or is soon."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False
