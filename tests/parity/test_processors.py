# SPDX-License-Identifier: Apache-2.0
"""The same bytes whatever instructions the libraries find: child processes under their switches."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.clips import ArrayClip

from evenlight import RenderRequest
from evenlight.analysis.writing import encode
from evenlight.effects import Deblotch, Deflicker, Effect, Restore
from evenlight.frames import Array
from evenlight.params import build_params

#: What the libraries are told in a child process, by a name for it.
SETTINGS = {
    "as it comes": {},
    "NumPy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "NumPy without AVX2": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "OpenCV without AVX-512": {"OPENCV_CPU_DISABLE": "AVX512-SKX,AVX512-ICL"},
    "OpenCV without AVX2": {"OPENCV_CPU_DISABLE": "AVX512-SKX,AVX512-ICL,AVX2,FMA3,FP16,AVX"},
    "IPP off": {"OPENCV_IPP": "disabled"},
    "IPP for SSE4.2": {"OPENCV_IPP": "sse42"},
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "C library without FMA": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"},
}
SETTINGS["all of these, four threads"] = {
    name: value
    for setting in ("NumPy without AVX2", "OpenCV without AVX2", "IPP for SSE4.2")
    for name, value in SETTINGS[setting].items()
} | {"OPENBLAS_CORETYPE": "Nehalem", "OPENCV_FOR_THREADS_NUM": "4"}
CASES: dict[str, tuple[type[Effect], dict[str, object]]] = {
    "deflicker": (Deflicker, {}),
    "deflicker linear": (Deflicker, {"encoding": "linear", "colour": "luminance"}),
    "deflicker log": (Deflicker, {"encoding": "log"}),
    "deflicker learned": (Deflicker, {"method": "learned"}),
    "deblotch": (Deblotch, {}),
    "restore": (Restore, {}),
}
N_FRAMES, SHOWN = 12, (5, 6)


def clip() -> list[Array]:
    """A textured picture that pans, flickers as a whole and in bands, clips and has blotches.

    Made of whole numbers and fractions, so that it is the same itself in every process.
    """
    rng = np.random.default_rng(7)
    height, width = 96, 144
    coarse = rng.integers(0, 255, (height // 8 + 2, width // 8 + 6, 3))
    fine = rng.integers(0, 40, (height + 16, width + 48, 3))
    scene = (np.repeat(np.repeat(coarse, 8, 0), 8, 1) * 3 // 4 + fine).astype(np.float32) / 255
    frames = []
    for time in range(N_FRAMES):
        lit = scene[4 : 4 + height, 2 * time : 2 * time + width] * np.float32(rng.uniform(0.7, 1.5))
        bands = (np.arange(height) * 5 // height + time) % 3 - 1
        lit = np.minimum(lit * (1 + bands / np.float32(20))[:, None, None], 1)
        for _ in range(2):
            row, column = rng.integers(4, height - 20), rng.integers(4, width - 20)
            bottom, right = row + rng.integers(4, 14), column + rng.integers(4, 14)
            lit[row:bottom, column:right] = rng.choice([0.02, 0.98])
        frames.append(lit.astype(np.float32))
    return frames


def digests() -> list[str]:
    """A line for each case: a digest of its frames, and of the records of an analysis of them."""
    frames, lines = clip(), []
    for name, (kind, values) in CASES.items():
        effect = kind()
        params = build_params(kind.params, {"encoding": "srgb", **values})
        pixels, records = hashlib.sha256(), hashlib.sha256()
        for time in SHOWN:
            out = np.empty_like(frames[time])
            effect.process(ArrayClip(frames), RenderRequest(time), params, out)
            pixels.update(out.tobytes())
            if kind is not Deblotch:
                request = RenderRequest(time)
                record = effect.analyse(ArrayClip(frames), request, params)
                records.update(encode([record]))
        lines.append(f"{name}: {pixels.hexdigest()[:16]} {records.hexdigest()[:16]}")
    return lines


@cache
def lines_under(setting: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.parity.test_processors"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **SETTINGS[setting]},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


@pytest.mark.parametrize("setting", [name for name in SETTINGS if SETTINGS[name]])
def test_frames_and_analyses_are_the_same_bytes(setting: str) -> None:
    expected = lines_under("as it comes")
    assert len(expected) == len(CASES)
    assert lines_under(setting) == expected


if __name__ == "__main__":
    sys.stdout.write("\n".join(digests()) + "\n")
