# SPDX-License-Identifier: Apache-2.0
"""The pictures that are kept: what Deflicker makes of a small clip of two shots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from tests.clips import ArrayClip

from evenlight import Deflicker, RenderRequest
from evenlight.effects.deflicker import DeflickerParams, View
from evenlight.frames import Array

KEPT = Path(__file__).parent / "pictures"
HEIGHT, WIDTH, N_FRAMES, CUT = 64, 96, 16, 9
SHOWN = (0, 7, 9, 15)  # the ends of the clip and of its shots


def clip() -> Array:
    """Two pans over soft blobs, each channel under a gain and a gamma of its own; (T, H, W, 3)."""
    rng = np.random.default_rng(11)
    frames = []
    for n_frames in (CUT, N_FRAMES - CUT):
        coarse = rng.random((12, 22, 3), np.float32)
        wide = cv2.resize(coarse, (176, 96), interpolation=cv2.INTER_CUBIC)
        wide = 0.05 + 0.8 * np.clip(wide, 0, 1)
        frames += [wide[16 : 16 + HEIGHT, 20 + 2 * t : 20 + 2 * t + WIDTH] for t in range(n_frames)]
    gains = rng.uniform(0.8, 1.2, (N_FRAMES, 1, 1, 3))
    gammas = rng.uniform(0.9, 1.1, (N_FRAMES, 1, 1, 1))
    flickering: Array = (gains * np.stack(frames) ** gammas).astype(np.float32)
    return flickering


def sheet(view: View) -> Array:
    """`SHOWN` frames of a view, two by two, (2 H, 2 W, 3) uint8."""
    frames = clip()
    shown = []
    for time in SHOWN:
        out = np.empty_like(frames[time])
        params = DeflickerParams(radius=8, view=view)
        Deflicker().process(ArrayClip(frames), RenderRequest(time), params, out)
        shown.append(np.rint(np.clip(out, 0, 1) * 255).astype(np.uint8))
    return np.vstack([np.hstack(shown[:2]), np.hstack(shown[2:])])


#: How each kept picture is made, by its name.
PICTURES: Mapping[str, Callable[[], Array]] = {
    view.value: (lambda view=view: sheet(view)) for view in View
}


def read(path: Path) -> Array:
    """A picture as (H, W, 3) uint8, red first."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    assert picture is not None, f"{path} is missing; make it with `python -m tests.golden.update`"
    return picture


def write(path: Path, picture: Array) -> None:
    """Keep a picture, red first, as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
