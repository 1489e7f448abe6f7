# SPDX-License-Identifier: Apache-2.0
"""A clip through an effect, frame by frame, by the same functions that the plug-in calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bridge import Clip, check_analysis, process
from ..effects import Effect
from ..errors import FrameError
from ..frames import Array, Frame
from ..io import Reader, Writer
from .animation import Animation


@dataclass(frozen=True, slots=True)
class Server:
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
    _check_analysis(instance, source, numbers, animations)
    server = Server(source, mask)
    for number in numbers:
        pixels, notice = _render(instance, server, number, animations)
        writer.write(number, pixels)
        report(number, notice)


def values_at(
    effect: type[Effect], animations: Mapping[str, Animation], number: int
) -> dict[str, Any]:
    """`time`, `before`, `after` and `values` of a frame, as the bridge takes them."""
    values = {name: animation.at(number) for name, animation in animations.items()}
    before, after = values[effect.window.before], values[effect.window.after]
    window = range(number - before, number + after + 1)
    values |= _per_frame(animations, window)
    return {"time": float(number), "before": before, "after": after, "values": values}


def _render(
    effect: Effect, server: Server, number: int, animations: Mapping[str, Animation]
) -> tuple[Array, str]:
    if all(animations[name].at(number) == value for name, value in effect.identity.items()):
        frame = server.source.frame(number)
        assert frame is not None, "frames to render were checked against the clip"
        return frame.pixels(), ""
    out = np.empty(server.source.shape, server.source.dtype)
    notice = process(
        effect,
        server,
        out,
        origin=(0, 0),
        encoding=server.source.encoding,
        insist=True,  # who names an analysis counts on it
        **values_at(type(effect), animations, number),
    )
    return out, notice


def _check_analysis(
    effect: Effect, source: Reader, numbers: range, animations: Mapping[str, Animation]
) -> None:
    """An analysis that does not serve is refused before anything is written."""
    if "analysis" not in animations or not animations["analysis"].values[0]:
        return
    for number in numbers:
        asked = values_at(type(effect), animations, number)
        check_analysis(effect, source.shape, origin=(0, 0), encoding=source.encoding, **asked)


def _per_frame(animations: Mapping[str, Animation], window: range) -> dict[str, Any]:
    return {
        name: [animation.at(time) for time in window]
        for name, animation in animations.items()
        if animation.spec.per_frame
    }
