# SPDX-License-Identifier: Apache-2.0
"""Clips whose region of definition moves, through the built bundle in both runtimes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from evenlight.frames import Array
from pyopenfx import Host

COUNT, DEFLICKER = 10, "org.evenlight.deflicker"
EFFECTS = [DEFLICKER, "org.evenlight.deblotch", "org.evenlight.restore"]
SHAPE = (120, 160)
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_moving_bounds import report
print(report(Path(sys.argv[1]), sys.argv[2], float(sys.argv[4])))
"""


def plate() -> list[Array]:
    """A picture that stands still in the plane and flickers; its upper and right edges move."""
    rng = np.random.default_rng(4)
    picture = cv2.resize(rng.random((15, 20, 3)).astype(np.float32), SHAPE[::-1]) * 0.5 + 0.15
    picture = np.dstack([picture, np.ones(SHAPE, np.float32)])
    frames = []
    for time in range(COUNT):
        gain = np.float32(1 + 0.25 * np.sin(1.7 * time))
        lit = picture * np.float32([gain, gain, gain, 1])
        if time == 5:
            cv2.circle(lit, (60, 70), 7, (0.02, 0.02, 0.02, 1), -1)
        frames.append(np.ascontiguousarray(lit[4 * (time % 3) :, : SHAPE[1] - 4 * (time % 2)]))
    return frames


def report(bundle: Path, identifier: str, scale: float) -> str:
    """What this process' runtime makes of the plate: how unsteady it is, the blotch, a digest."""
    frames, made = plate(), []
    with Host() as host:
        plugin = next(p for p in host.load(bundle) if p.identifier == identifier)
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(lambda time: frames[round(time)], frame_range=(0, 9))
            instance.params["encoding"].set("sRGB")
            made = [instance.render(time, scale=scale) for time in range(COUNT)]
            messages = [str(message) for message in instance.messages]
    shown = [frame[-int(100 * scale) :, : int(150 * scale)] for frame in made]
    levels = np.array([np.median(frame[..., :3]) for frame in shown])
    y, x = int((100 - 50) * scale), int(60 * scale)
    return json.dumps(
        {
            "unsteady": float(levels.std() / levels.mean()),
            "blotch": float(shown[5][y, x, :3].mean() / shown[4][y, x, :3].mean()),
            "sizes": sorted({frame.shape[0] for frame in made}),
            "messages": messages,
            "pixels": hashlib.sha256(b"".join(frame.tobytes() for frame in made)).hexdigest(),
        }
    )


@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("identifier", EFFECTS)
def test_moving_bounds_are_corrected_alike_in_both_runtimes(
    bundle: Path, identifier: str, scale: float
) -> None:
    answers = []
    for runtime in ("embedded", "worker"):
        folder = str(Path(__file__).parent)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(bundle), identifier, folder, str(scale)],
            env=os.environ | {"EVENLIGHT_RUNTIME": runtime},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    found, other = answers
    assert found == other
    assert found["messages"] == []
    assert len(found["sizes"]) > 1
    if identifier == EFFECTS[1]:
        assert found["unsteady"] > 0.15  # flicker is none of its business
    else:
        assert found["unsteady"] < 0.01
    if identifier != DEFLICKER:
        assert found["blotch"] > 0.6
