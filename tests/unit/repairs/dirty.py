# SPDX-License-Identifier: Apache-2.0
"""A small dirty clip on disk, and its repairs file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenImageIO

from evenlight.cli.main import run
from evenlight.frames import Array
from evenlight.io import open_clip

SHAPE, FRAMES, FIRST = (144, 200), 7, 101
#: Frame, centre (x, y) and level of each spot.
SPOTS = ((102, (60, 50), 5), (103, (140, 90), 250), (104, (70, 100), 5), (104, (150, 40), 250))


def scene() -> Array:
    """A slow pan over blobs and grain (T, H, W, 3) uint8."""
    rng = np.random.default_rng(11)
    coarse = rng.random((SHAPE[0] // 8 + 2, SHAPE[1] // 8 + 6, 3)).astype(np.float32)
    wide = cv2.resize(coarse, ((SHAPE[1] // 8 + 6) * 8, (SHAPE[0] // 8 + 2) * 8))
    frames = [wide[2 : 2 + SHAPE[0], 2 * t : 2 * t + SHAPE[1]] for t in range(FRAMES)]
    grain = rng.normal(0, 0.004, (FRAMES, *SHAPE, 1))
    return np.asarray(np.rint(255 * np.clip(0.2 + 0.5 * np.stack(frames) + grain, 0, 1)), np.uint8)


def dirty() -> Array:
    """The scene with the spots."""
    clip = scene()
    for frame, centre, level in SPOTS:
        spot = np.zeros(SHAPE, np.uint8)
        cv2.ellipse(spot, centre, (11, 7), 20, 0, 360, 1, -1)
        clip[frame - FIRST][spot > 0] = level
    return clip


def write(frames: Array, folder: Path, first: int = FIRST) -> Path:
    """Frames as numbered PNG; gives their pattern."""
    folder.mkdir(exist_ok=True)
    for number, pixels in enumerate(frames, first):
        spec = OpenImageIO.ImageSpec(pixels.shape[1], pixels.shape[0], 3, "uint8")
        out = OpenImageIO.ImageOutput.create("x.png")
        assert out.open(str(folder / f"f.{number:04d}.png"), spec)
        assert out.write_image(np.ascontiguousarray(pixels))
        assert out.close()
    return folder / "f.####.png"


def read(pattern: Path) -> Array:
    """The frames of a clip (T, H, W, C)."""
    clip = open_clip(pattern)
    try:
        found = [clip.frame(number) for number in range(clip.first, clip.last + 1)]
        return np.stack([frame.pixels().copy() for frame in found if frame is not None])
    finally:
        clip.close()


def listed(pattern: Path, path: Path, effect: str = "deblotch") -> list[dict[str, Any]]:
    """The lines of the repairs file that the command writes at `path`."""
    assert run([effect, str(pattern), "--list", str(path), *SMALL[effect]]) == 0
    return lines(path)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def store(path: Path, values: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in values))
    return path


def rendered(pattern: Path, folder: Path, *options: str, effect: str = "deblotch") -> Array:
    """What the command makes of a clip."""
    folder.mkdir()
    target = folder / "f.####.png"
    assert run([effect, str(pattern), str(target), *SMALL[effect], *options]) == 0
    return read(target)


#: Options that make the effects quick.
SMALL: dict[str, list[str]] = {
    "deblotch": [],
    "restore": ["--radius", "6", "--method", "classical"],
}


def inside(line: dict[str, Any]) -> Array:
    """The pixels (H, W) bool in a line's outline."""
    mask = np.zeros(SHAPE, np.uint8)
    for ring in line["outline"]:
        cv2.fillPoly(mask, [np.array(ring, np.int32).reshape(-1, 2)], 1)
    return mask.astype(bool)
