# SPDX-License-Identifier: Apache-2.0
"""Hosts that call several images by one name: the pixels decide, in both runtimes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyopenfx import Host

EFFECTS = ["deflicker", "deblotch", "restore"]
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_names import report
print(report(Path(sys.argv[1]), sys.argv[2]))
"""


def report(bundle: Path, effect: str) -> str:
    """Whether renders of frames of one name are those of frames with names of their own."""
    rng = np.random.default_rng(9)
    picture = np.kron(rng.uniform(0.2, 0.6, (12, 16, 3)), np.ones((6, 6, 1)))
    same = []
    with Host() as host:
        plugin = next(p for p in host.load(bundle) if p.identifier.endswith(effect))
        with plugin.create("Filter") as instance:
            instance.params["encoding"].set("sRGB")
            for turn in range(3):  # the source changes, and its names do not
                gains = rng.uniform(0.7, 1.2, 7)
                clip = [np.dstack([picture * g, np.ones((72, 96))]) for g in gains]
                frames = [np.roll(frame, 5 * turn, 1).astype(np.float32) for frame in clip]
                made = []
                for name in (lambda time, turn=turn: f"{turn} {time}", lambda _: "one"):
                    instance.clips["Source"].connect(frames, identifier=name)
                    made.append(b"".join(instance.render(time).tobytes() for time in range(7)))
                same.append(made[0] == made[1])
    return json.dumps(same)


@pytest.mark.parametrize("runtime", ["embedded", "worker"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_one_name_for_all_frames_changes_no_pixel(bundle: Path, effect: str, runtime: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(bundle), effect, str(Path(__file__).parent)],
        env=os.environ | {"EVENLIGHT_RUNTIME": runtime},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True] * 3
