# SPDX-License-Identifier: Apache-2.0
"""A small flickering clip, rendered to see that everything is in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..bundle import built_bundle
from ..effects import Deflicker
from ..engine import Clip, Request, open_effect, process
from ..errors import EvenlightError
from ..frames import Array, ArrayFrame, Frame
from ..inference.sessions import Sessions

_GAINS = (1.0, 0.8, 1.1, 0.9, 1.2, 1.0, 0.85)
_TIME = 3
_RADIUS = 3


def _clip() -> list[Array]:  # (48, 64, 4) float32 each
    rng = np.random.default_rng(1)
    scene = np.kron(rng.uniform(0.1, 0.7, (12, 16, 3)), np.ones((4, 4, 1)))
    opaque = np.ones((48, 64, 1))
    return [np.concatenate([scene * gain, opaque], 2).astype(np.float32) for gain in _GAINS]


@dataclass(frozen=True, slots=True)
class _Server:
    frames: list[Array]

    def fetch(self, clip: int, time: float) -> Frame | None:
        if clip != Clip.SOURCE or not 0 <= time < len(self.frames):
            return None
        return ArrayFrame(self.frames[int(time)], premultiplied=True)

    def aborted(self) -> bool:
        return False


def through_package() -> tuple[bytes, str]:
    """The pixels, and how much nearer to the clip's mean brightness the frame has come."""
    frames = _clip()
    out = np.empty_like(frames[_TIME])
    effect = open_effect(Deflicker.identifier, Sessions())
    process(
        effect,
        _Server(frames),
        out,
        Request(_TIME, _RADIUS, _RADIUS, values={"radius": _RADIUS}),
    )
    return out.tobytes(), _judged(frames, out)


def through_plugin() -> tuple[bytes, str]:
    """The same through the built bundle, in this process as host."""
    from pyopenfx import Host

    frames = _clip()
    with Host() as host:
        plugins = {plugin.identifier: plugin for plugin in host.load(str(built_bundle()))}
        with plugins[Deflicker.identifier].create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            instance.params["radius"].set(_RADIUS)
            out = instance.render(_TIME)
    return np.ascontiguousarray(out).tobytes(), _judged(frames, out)


def _judged(frames: list[Array], out: Array) -> str:
    wanted = np.mean([frame[..., :3].mean() for frame in frames])
    before, after = (abs(image[..., :3].mean() - wanted) for image in (frames[_TIME], out))
    if not np.isfinite(out).all() or after > 0.5 * before:
        raise EvenlightError(f"brightness was off by {before:.3f} and is now off by {after:.3f}")
    return f"brightness was off by {before:.3f}, now by {after:.3f}"
