# SPDX-License-Identifier: Apache-2.0
"""A clip through an effect, frame by frame, by the same functions that the plug-in calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bridge import Clip, process
from ..effects import Effect
from ..errors import FrameError
from ..frames import Array, Frame
from ..io import Reader, Writer
from .animation import Animation


@dataclass(frozen=True, slots=True)
class _Server:
    """The clips' side of a render; neighbours outside the rendered part are there too."""

    source: Reader
    mask: Reader | None

    def fetch(self, clip: int, time: float) -> Frame | None:
        """A clip's frame; a mask of one image serves for every frame."""
        if clip == Clip.SOURCE:
            return self.source.frame(round(time))
        if self.mask is None:
            return None
        still = self.mask.first == self.mask.last
        return self.mask.frame(self.mask.first if still else round(time))

    def aborted(self) -> bool:
        """Ctrl-C arrives as an exception."""
        return False


def look_around(effect: type[Effect], animations: Mapping[str, Animation]) -> int:
    """Frames that the widest window spans."""
    return int(animations[effect.window.before].most + animations[effect.window.after].most + 1)


def render_clip(
    effect: type[Effect],
    source: Reader,
    mask: Reader | None,
    writer: Writer,
    numbers: range,
    animations: Mapping[str, Animation],
    report: Callable[[int, str], None],
) -> None:
    """Render `numbers` of `source` into `writer`; `report` hears of each frame and its notice."""
    if mask is not None and mask.shape[:2] != source.shape[:2]:
        raise FrameError(
            f"the mask is {mask.shape[1]} x {mask.shape[0]}, and the clip is {source.shape[1]} x "
            f"{source.shape[0]}; they must be of one size"
        )
    instance = effect()
    server = _Server(source, mask)
    for number in numbers:
        pixels, notice = _render(instance, server, number, animations)
        writer.write(number, pixels)
        report(number, notice)


def _render(
    effect: Effect, server: _Server, number: int, animations: Mapping[str, Animation]
) -> tuple[Array, str]:
    values = {name: animation.at(number) for name, animation in animations.items()}
    if all(values[name] == value for name, value in effect.identity.items()):
        frame = server.source.frame(number)
        assert frame is not None, "frames to render were checked against the clip"
        return frame.pixels(), ""
    out = np.empty(server.source.shape, server.source.dtype)
    before, after = values[effect.window.before], values[effect.window.after]
    notice = process(
        effect,
        server,
        out,
        time=float(number),
        before=before,
        after=after,
        origin=(0, 0),
        encoding=server.source.encoding,
        values=values | _per_frame(animations, range(number - before, number + after + 1)),
    )
    return out, notice


def _per_frame(animations: Mapping[str, Animation], window: range) -> dict[str, Any]:
    return {
        name: [animation.at(time) for time in window]
        for name, animation in animations.items()
        if animation.spec.per_frame
    }
