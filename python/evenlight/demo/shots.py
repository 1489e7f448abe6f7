# SPDX-License-Identifier: Apache-2.0
"""Shots as a camera would take them: pans and zooms over the photographs of scikit-image."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np

from ..errors import MediaError
from ..frames import Array


@dataclass(frozen=True, slots=True)
class View:
    """A part of a photograph, as shares of its width and height."""

    x: float  # the centre
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph, and the way of the camera over it."""

    photograph: str
    start: View
    end: View


#: Each view keeps clear of the photograph's edges at 16:9.
SHOTS = {
    "coffee": Shot("coffee.png", View(0.46, 0.46, 0.86), View(0.56, 0.55, 0.68)),
    "motorcycle": Shot("motorcycle_left.png", View(0.38, 0.48, 0.68), View(0.60, 0.52, 0.74)),
    "rocket": Shot("rocket.jpg", View(0.52, 0.60, 0.66), View(0.50, 0.45, 0.84)),
    "astronaut": Shot("astronaut.png", View(0.50, 0.36, 0.90), View(0.46, 0.30, 0.74)),
    "chelsea": Shot("chelsea.png", View(0.55, 0.46, 0.74), View(0.44, 0.52, 0.86)),
}
_TREMOR = 0.002  # of the width: a camera on a shoulder, not on a tripod


def take(shot: Shot, frames: int, size: tuple[int, int], rng: np.random.Generator) -> Array:
    """The shot as (T, H, W, 3) float32 on the display scale; `size` is width and height."""
    return filmed(_photograph(shot.photograph), shot.start, shot.end, frames, size, rng)


def filmed(
    photograph: Array,
    start: View,
    end: View,
    frames: int,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Array:
    """A way of the camera over `photograph` (H, W, 3) float32, as `take` has it."""
    tremor = _TREMOR * _smooth_noise(frames, rng)
    pictures = []
    for t, shake in enumerate(tremor):
        share = t / max(1, frames - 1)
        eased = share * share * (3 - 2 * share)
        x = start.x + (end.x - start.x) * eased + shake[0]
        y = start.y + (end.y - start.y) * eased + shake[1]
        width = start.width * (end.width / start.width) ** eased
        pictures.append(_look(photograph, View(x, y, width), size))
    return np.stack(pictures)


def _look(photograph: Array, view: View, size: tuple[int, int]) -> Array:
    height, width = photograph.shape[:2]
    zoom = view.width * width / size[0]
    left = view.x * width - zoom * size[0] / 2
    top = view.y * height - zoom * size[1] / 2
    to_photograph = np.array([[zoom, 0, left], [0, zoom, top]])
    seen: Array = cv2.warpAffine(
        photograph,
        to_photograph,
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.clip(seen, 0, 1)


def _smooth_noise(frames: int, rng: np.random.Generator) -> Array:
    """Two slow random walks (T, 2) of about unit size."""
    noise = rng.standard_normal((frames + 24, 2))
    kernel = np.hanning(25) / np.sqrt((np.hanning(25) ** 2).sum())
    return np.stack([np.convolve(noise[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)


def _photograph(name: str) -> Array:
    try:
        file = files("skimage.data") / name
        stored: Array | None = cv2.imdecode(
            np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB
        )
    except (ModuleNotFoundError, FileNotFoundError):
        stored = None
    if stored is None:
        raise MediaError(
            f"the demo needs the photograph {name} of scikit-image; `pip install scikit-image`, or "
            "give a clip of your own"
        )
    return stored.astype(np.float32) / np.float32(255)
