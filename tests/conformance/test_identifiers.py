# SPDX-License-Identifier: Apache-2.0
"""Hosts that name images badly, in both runtimes: a name saves a reading, it changes no pixel."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evenlight.frames import Array
from pyopenfx import Host

EFFECTS = ["org.evenlight.deflicker", "org.evenlight.deblotch", "org.evenlight.restore"]
COUNT, SHAPE = 10, (90, 120)
ORDER = (7, 2, 9, 4, 0)
SCRIPT = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_identifiers import report
print(json.dumps(report(Path(sys.argv[2]), sys.argv[3])))
"""


def clip(seed: int) -> list[Array]:
    """A moving picture that flickers, with blotches; float RGBA."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((20, 40, 3)).astype(np.float32)
    wide = np.kron(coarse, np.ones((6, 6, 1), np.float32)) * np.float32(0.6) + np.float32(0.15)
    frames = []
    for time in range(COUNT):
        shown = wide[:, 3 * time : 3 * time + SHAPE[1]][: SHAPE[0]]
        lit = shown * np.float32(1 + 0.25 * np.sin(1.7 * time))
        y, x = rng.integers(8, 70, 2)
        lit[y : y + 7, x : x + 9] = 0.02
        frames.append(np.ascontiguousarray(np.dstack([lit, np.ones(SHAPE, np.float32)])))
    return frames


def one_name(_: float) -> str:
    return "one name for all"


def names_by_pairs(time: float) -> str:
    return f"pair {int(time) // 2}"


def renders(host: Host, bundle: Path, identifier: str, scale: float, name: object) -> list[str]:
    """Digests of frames of two clips, one after the other in one instance, under these names."""
    plugin = next(p for p in host.load(bundle) if p.identifier == identifier)
    found = []
    with plugin.create("Filter") as instance:
        instance.params["encoding"].set("sRGB")
        for seed in (1, 2):
            naming: dict[str, Callable[[float], str]] = {}
            if callable(name):
                naming["identifier"] = name
            instance.clips["Source"].connect(clip(seed), **naming)
            for time in ORDER:
                pixels = instance.render(time, scale=scale)
                found.append(hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest())
    return found


def report(bundle: Path, identifier: str) -> dict[str, list[str]]:
    """Frames in hosts that name images well and badly, in this process' runtime."""
    found = {}
    for scale in (1.0, 0.5):
        for label, name in (("own", None), ("one", one_name), ("pairs", names_by_pairs)):
            with Host() as host:
                found[f"{label} {scale}"] = renders(host, bundle, identifier, scale, name)
    with Host.like("natron") as host:
        found["natron 0.5"] = renders(host, bundle, identifier, 0.5, None)
    return found


@pytest.mark.parametrize("runtime", ["embedded", "worker"])
@pytest.mark.parametrize("identifier", EFFECTS)
def test_bad_names_change_no_pixel(bundle: Path, identifier: str, runtime: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(bundle), identifier],
        env=os.environ | {"EVENLIGHT_RUNTIME": runtime},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for label, scale in (("one", 1.0), ("pairs", 1.0), ("one", 0.5), ("pairs", 0.5)):
        assert found[f"{label} {scale}"] == found[f"own {scale}"], label
    assert found["natron 0.5"] == found["own 0.5"]
    assert len(set(found["own 1.0"])) == 2 * len(ORDER)
