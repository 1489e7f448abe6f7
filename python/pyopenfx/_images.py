# SPDX-License-Identifier: Apache-2.0
"""The images and regions that a plug-in asks for while one of its actions runs."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from . import _core
from ._clip import Clip
from ._layout import (
    COMPONENTS,
    DEPTHS,
    Array,
    ImageFacts,
    Layout,
    RectI,
    laid_out,
    make_image,
    to_components,
    to_depth,
    to_scale,
)
from ._standard import short

if TYPE_CHECKING:
    from ._instance import Instance

RectD = tuple[float, float, float, float]  # x1, y1, x2, y2; canonical, y up


@dataclass(slots=True)
class RenderState:
    """Time, window, scale and images of one render or of one question to the plug-in."""

    time: float
    scale: tuple[float, float]
    layout: Layout
    output: Array | None = None
    output_corner: tuple[int, int] = (0, 0)
    asked: list[tuple[str, float]] = field(default_factory=list)
    handed: list[tuple[str, Array, Array]] = field(default_factory=list)  # name, view, copy
    error: BaseException | None = None


class Images:
    """Answers what a plug-in asks of its clips, for the render that its thread is in."""

    def __init__(self, instance: Instance, output_region: Callable[[RenderState], RectD]) -> None:
        self._instance = instance
        self._options = instance.host.options
        self._output_region = output_region
        self._states = threading.local()
        self._latest: RenderState | None = None

    def serve(self, clip: Clip) -> None:
        """Answer what the plug-in asks of a clip."""
        clip.core.image = lambda time, _region: self._image(clip, time)
        clip.core.region_of_definition = lambda time: self._clip_region(clip, time)

    def forget(self) -> None:
        """Let go of the last render's frames."""
        self._latest = None

    @contextmanager
    def entered(self, state: RenderState) -> Iterator[None]:
        outer = getattr(self._states, "state", None)
        self._states.state = self._latest = state
        try:
            yield
        finally:
            self._states.state = outer

    def _state(self) -> RenderState:
        # A thread of the plug-in's own has none: it gets that of the newest render.
        state = getattr(self._states, "state", None) or self._latest
        return state or RenderState(0.0, (1.0, 1.0), Layout())

    def _image(self, clip: Clip, time: float) -> _core.Image | None:
        state = self._state()
        try:
            if clip.name == "Output":
                return self._output_image(clip, state)
            return self._input_image(clip, state, time)
        except (
            BaseException
        ) as error:  # it would be lost inside the plug-in: raised after the action
            state.error = error
            return None

    def _input_image(self, clip: Clip, state: RenderState, time: float) -> _core.Image | None:
        state.asked.append((clip.name, time))
        if self._options.other_times == "current":
            time = state.time
        if time in state.layout.missing_times:
            return None
        connection = clip.connection
        if connection is None:
            return self._black_image(clip, state) if self._options.unconnected == "black" else None
        frame = connection.frame(time)
        if frame is None:
            return None
        components = short(clip.core.properties.get("OfxImageEffectPropComponents")[0])
        frame = to_components(to_depth(frame, self.depth()), components)
        frame = to_scale(frame, state.scale)
        left, bottom, right, top = state.layout.crop
        height, width = frame.shape[:2]
        region = self.pixel_bounds(clip, state, time)
        frame = frame[top : height - bottom, left : width - right]
        frame = laid_out(frame, state.layout)
        if self._options.strict:
            state.handed.append((f"{clip.name} at {time:g}", frame, frame.copy()))
        facts = ImageFacts(
            f"the image of clip {clip.name} at {time:g}",
            (region[0] + left, region[1] + bottom), region, state.scale, connection.pixel_aspect,
            connection.premultiplication(components),
            self._identifier(connection.identifier(time), state),
        )  # fmt: skip
        return make_image(frame, facts, self._options.missing_properties)

    def _identifier(self, identifier: str, state: RenderState) -> str:
        if state.scale == (1.0, 1.0) and state.layout.crop == (0, 0, 0, 0):
            return identifier
        if state.scale != (1.0, 1.0) and not self._options.names_downscaled:
            return "downscaled"
        return f"{identifier}/{state.scale[0]:g}x{state.scale[1]:g}/{state.layout.crop}"

    def _black_image(self, clip: Clip, state: RenderState) -> _core.Image:
        x1, y1, x2, y2 = self.output_bounds(state)
        components = clip.core.properties.get("OfxImageEffectPropComponents")[0]
        shape = (y2 - y1, x2 - x1, COMPONENTS[short(components)])
        frame = np.zeros(shape, DEPTHS[self.depth()][1])
        facts = ImageFacts(
            f"the black image of clip {clip.name}", (x1, y1), (x1, y1, x2, y2), state.scale, 1.0,
            "OfxImageAlphaPremultiplied", f"black/{shape}",
        )  # fmt: skip
        return make_image(frame, facts, self._options.missing_properties)

    def _output_image(self, clip: Clip, state: RenderState) -> _core.Image | None:
        if state.output is None:
            return None
        x, y = state.output_corner
        height, width = state.output.shape[:2]
        get = clip.core.properties.get
        facts = ImageFacts(
            "the output image", (x, y), (x, y, x + width, y + height), state.scale,
            get("OfxImagePropPixelAspectRatio")[0], get("OfxImageEffectPropPreMultiplication")[0],
            f"output@{state.time:g}",
        )  # fmt: skip
        return make_image(state.output, facts, self._options.missing_properties)

    def depth(self) -> str:
        depth = self._instance.clips["Output"].core.properties.get("OfxImageEffectPropPixelDepth")[
            0
        ]
        return next(name for name, (full, _) in DEPTHS.items() if full == depth)

    def _clip_region(self, clip: Clip, time: float) -> RectD | None:
        state = self._state()
        if clip.name == "Output":
            return self._output_region(state)
        shape = clip.shape(state.time if self._options.other_times == "current" else time)
        if shape is None or clip.connection is None:
            return self.default_region(state) if self._options.unconnected == "black" else None
        x, y = state.layout.origin
        aspect = clip.connection.pixel_aspect
        return (x * aspect, float(y), (x + shape[1]) * aspect, float(y + shape[0]))

    def default_region(self, state: RenderState) -> RectD:
        for clip in self._instance.clips.values():
            if clip.connection is not None:
                region = self._clip_region(clip, state.time)
                if region is not None:
                    return region
        size = (
            self._instance._core.properties.get("OfxImageEffectPropProjectSize")
            or self._options.project_size
        )
        return (0.0, 0.0, size[0], size[1])

    def pixel_bounds(self, clip: Clip, state: RenderState, time: float) -> RectI:
        shape = clip.shape(time)
        assert shape is not None
        x, y = (
            math.floor(at * by) for at, by in zip(state.layout.origin, state.scale, strict=True)
        )
        width, height = (
            max(1, round(n * s)) for n, s in zip(shape[::-1], state.scale, strict=True)
        )
        return (x, y, x + width, y + height)

    def output_bounds(self, state: RenderState) -> RectI:
        """Pixel bounds of the output: a source's own, where the region is the source's."""
        region = self._output_region(state)
        for clip in self._instance.clips.values():
            if clip.connection is not None and region == self._clip_region(clip, state.time):
                return self.pixel_bounds(clip, state, state.time)
        aspect = self._instance.clips["Output"].core.properties.get("OfxImagePropPixelAspectRatio")[
            0
        ]
        sx, sy = state.scale[0] / aspect, state.scale[1]
        x1, y1, x2, y2 = region
        return (math.floor(x1 * sx), math.floor(y1 * sy), math.ceil(x2 * sx), math.ceil(y2 * sy))
