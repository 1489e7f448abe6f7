# SPDX-License-Identifier: Apache-2.0
"""The demo's own clip: three shots with a cut, a fade and grain, and then its flicker."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..evaluation import damage
from ..frames import Array, ArrayFrame, Frame
from ..io.stream_format import StreamFormat
from ..io.version import Identity
from .shots import SHOTS, take

SIZE = (640, 360)
#: Photograph and frames of each shot. The second one fades to black and the third from black.
EDIT = (("motorcycle", 48), ("coffee", 48), ("rocket", 48))
FADE = 20
#: Of a worn print: milder than the benchmark's, and slightly different in each colour.
_GAIN, _GAMMA, _COLOUR, _GRAIN = (0.78, 1.22), (0.88, 1.15), 0.04, 2.5 / 255


class MadeClip:
    """Frames in memory, read as a clip on disk is."""

    def __init__(self, frames: Array, path: Path = Path("demo"), first: int = 1) -> None:
        self.frames = frames  # (T, H, W, 3) uint8
        self.path = path
        self.first, self.last = first, first + len(frames) - 1
        height, width, channels = frames.shape[1:]
        self.shape: tuple[int, int, int] = (height, width, channels)
        self.dtype: np.dtype[np.generic] = frames.dtype
        self.encoding = ""
        self.rate: Fraction | None = Fraction(24)
        self.format = StreamFormat(width, height, rate=self.rate)
        self.fingerprint = hashlib.sha256(frames.tobytes()).hexdigest()
        self.sources: dict[Identity, Path] = {}
        self.notices: tuple[str, ...] = ()

    def frame(self, number: int) -> Frame | None:
        """The frame, or None outside the clip."""
        if not self.first <= number <= self.last:
            return None
        return ArrayFrame(self.frames[number - self.first])

    def close(self) -> None:
        """Nothing is open."""


def make(seed: int = 5) -> tuple[Array, Array]:
    """The clip as it should look, and as it flickers: (T, H, W, 3) uint8 each."""
    rng = np.random.default_rng(seed)
    shots = [take(SHOTS[name], frames, SIZE, rng) for name, frames in EDIT]
    shots[1][-FADE:] *= np.linspace(1, 0, FADE, dtype=np.float32)[:, None, None, None]
    shots[2][:FADE] *= np.linspace(0, 1, FADE, dtype=np.float32)[:, None, None, None]
    scene = np.concatenate(shots)
    flickering = damage.global_flicker(scene, rng, gain=_GAIN, gamma=_GAMMA)
    flickering = damage.colour_flicker(flickering, rng, amount=_COLOUR)
    grain_of = rng.spawn(1)[0].bit_generator.state  # the same grain lies over both
    return tuple(  # type: ignore[return-value]
        damage.as_bytes(damage.grain(clip, _generator(grain_of), deviation=_GRAIN))
        for clip in (scene, flickering)
    )


def _generator(state: object) -> np.random.Generator:
    generator = np.random.PCG64()
    generator.state = state  # type: ignore[assignment]
    return np.random.Generator(generator)
