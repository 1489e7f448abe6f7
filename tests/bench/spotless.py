# SPDX-License-Identifier: Apache-2.0
"""SpotLess, the best free dust remover known, as its users run it: the median of three frames that
MVTools moves onto each other.

It needs VapourSynth with mvtools and zsmooth, which are packages for Python 3.12 and newer; this
file is run by such a Python, which the environment variable SPOTLESS_PYTHON names.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

PYTHON = "SPOTLESS_PYTHON"
_NEEDED = "import vapoursynth as v; v.core.mv; v.core.zsmooth"
_BLOCKS = {"blksize": 8, "overlap": 4, "search": 5}
_ANY_MATCH = 10000  # no block is so different that it is not taken


def is_here() -> bool:
    """Whether a Python is named that has what SpotLess needs."""
    python = os.environ.get(PYTHON)
    if not python:
        return False
    tried = subprocess.run([python, "-c", _NEEDED], check=False, capture_output=True)
    return tried.returncode == 0


def spotless(clip: np.ndarray, wanted: range) -> np.ndarray:
    """The wanted frames (n, H, W, 3) uint8 of a clip, without spots; see `is_here`."""
    first, last = max(wanted.start - 2, 0), min(wanted.stop + 2, len(clip))
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.npy", Path(folder) / "made.npy"
        np.save(given, clip[first:last])
        command = [os.environ[PYTHON], __file__, str(given), str(made)]
        subprocess.run(command, check=True, capture_output=True)
        out: np.ndarray = np.load(made)
    return out[wanted.start - first : wanted.stop - first]


def _removed(clip: np.ndarray) -> np.ndarray:
    import vapoursynth as vs  # type: ignore[import-not-found, unused-ignore]

    core, (count, height, width, _) = vs.core, clip.shape

    def put(n: int, f: Any) -> Any:
        frame = f.copy()
        for plane in range(3):
            np.asarray(frame[plane])[:] = clip[n, ..., plane]
        return frame

    blank = core.std.BlankClip(width=width, height=height, format=vs.RGB24, length=count)
    source = core.std.ModifyFrame(blank, blank, put)
    picture = core.resize.Bicubic(source, format=vs.YUV444P8, matrix_s="709")
    planes = core.mv.Super(picture, pel=2, sharp=1)
    moved = [
        core.mv.Compensate(
            picture, planes, core.mv.Analyse(planes, isb=later, delta=1, **_BLOCKS),
            thsad=_ANY_MATCH,
        )
        for later in (False, True)
    ]  # fmt: skip
    three = core.std.Interleave([moved[0], picture, moved[1]])
    median = core.zsmooth.TemporalMedian(three, radius=1).std.SelectEvery(3, 1)
    result = core.resize.Bicubic(median, format=vs.RGB24, matrix_in_s="709")
    out = np.empty_like(clip)
    for n in range(count):
        frame = result.get_frame(n)
        for plane in range(3):
            out[n, ..., plane] = np.asarray(frame[plane])
    return out


if __name__ == "__main__":
    np.save(sys.argv[2], _removed(np.load(sys.argv[1])))
