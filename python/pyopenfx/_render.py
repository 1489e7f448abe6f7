# SPDX-License-Identifier: Apache-2.0
"""One render: the images that are handed out, the actions in their order, and what strict mode looks at."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from ._clip import Clip
from ._errors import PyOpenFXError
from ._layout import (
    COMPONENTS,
    DEPTHS,
    GUARD_BYTE,
    Array,
    ImageFacts,
    Layout,
    RectI,
    allocate,
    laid_out,
    make_image,
    to_components,
    to_depth,
    to_scale,
)  # fmt: skip
from ._plugin import Value
from ._report import Finding, Severity
from ._standard import Status, short

if TYPE_CHECKING:
    from ._instance import Instance, RectD

_EFFECT = "OfxImageEffectAction"
_GUARD = 256  # bytes around the output in strict mode


class RenderAborted(PyOpenFXError):
    """The plug-in stopped because the host asked it to; there are no pixels."""


def full_scale(scale: float | tuple[float, float]) -> tuple[float, float]:
    """Both scales, where one is given."""
    return scale if isinstance(scale, tuple) else (scale, scale)


@dataclass(slots=True)
class RenderState:
    """What one render, or one question to the plug-in, is about."""

    time: float
    scale: tuple[float, float]
    layout: Layout
    output: Array | None = None
    output_corner: tuple[int, int] = (0, 0)
    asked: list[tuple[str, float]] = field(default_factory=list)
    handed: list[tuple[str, Array, Array]] = field(default_factory=list)  # name, view, copy
    error: BaseException | None = None


class Rendering:
    """Serves images to the plug-in and runs the actions around Render."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._options = instance.host.options
        self._states = threading.local()
        self._latest: RenderState | None = None

    # Images and regions, as the suites ask for them.

    def serve(self, clip: Clip) -> None:
        """Answer what the plug-in asks of a clip."""
        clip.core.image = lambda time, region: self._image(clip, time)
        clip.core.region_of_definition = lambda time: self._clip_region(clip, time)

    @contextmanager
    def _entered(self, state: RenderState) -> Iterator[None]:
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
        frame = to_components(to_depth(frame, self._depth()), components)
        frame = to_scale(frame, state.scale)
        left, bottom, right, top = state.layout.crop
        height, width = frame.shape[:2]
        region = self._pixel_bounds(clip, state, time)
        frame = frame[top : height - bottom, left : width - right]
        frame = laid_out(frame, state.layout)
        if self._options.strict:
            state.handed.append((f"{clip.name} at {time:g}", frame, frame.copy()))
        facts = ImageFacts(
            f"the image of clip {clip.name} at {time:g}",
            (region[0] + left, region[1] + bottom), region, state.scale, connection.pixel_aspect,
            connection.premultiplication(components), self._identifier(connection.identifier(time), state),
        )  # fmt: skip
        return make_image(frame, facts, self._options.missing_properties)

    def _identifier(self, identifier: str, state: RenderState) -> str:
        if state.scale == (1.0, 1.0) and state.layout.crop == (0, 0, 0, 0):
            return identifier
        return f"{identifier}/{state.scale[0]:g}x{state.scale[1]:g}/{state.layout.crop}"

    def _black_image(self, clip: Clip, state: RenderState) -> _core.Image:
        x1, y1, x2, y2 = self._output_bounds(state)
        components = clip.core.properties.get("OfxImageEffectPropComponents")[0]
        shape = (y2 - y1, x2 - x1, COMPONENTS[short(components)])
        frame = np.zeros(shape, DEPTHS[self._depth()][1])
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

    def _depth(self) -> str:
        depth = self._instance.clips["Output"].core.properties.get("OfxImageEffectPropPixelDepth")[
            0
        ]
        return next(name for name, (full, _) in DEPTHS.items() if full == depth)

    def _clip_region(self, clip: Clip, time: float) -> RectD | None:
        state = self._state()
        if clip.name == "Output":
            return self.region_of_definition(state)
        shape = clip.shape(state.time if self._options.other_times == "current" else time)
        if shape is None or clip.connection is None:
            return self._default_region(state) if self._options.unconnected == "black" else None
        x, y = state.layout.origin
        aspect = clip.connection.pixel_aspect
        return (x * aspect, float(y), (x + shape[1]) * aspect, float(y + shape[0]))

    def _default_region(self, state: RenderState) -> RectD:
        for clip in self._instance.clips.values():
            if clip.connection is not None:
                region = self._clip_region(clip, state.time)
                if region is not None:
                    return region
        size = self._instance._core.properties.get("OfxImageEffectPropProjectSize") or [0.0, 0.0]
        return (0.0, 0.0, size[0], size[1])

    def _pixel_bounds(self, clip: Clip, state: RenderState, time: float) -> RectI:
        shape = clip.shape(time)
        assert shape is not None
        x, y = (
            math.floor(at * by) for at, by in zip(state.layout.origin, state.scale, strict=True)
        )
        width, height = (
            max(1, round(n * s)) for n, s in zip(shape[::-1], state.scale, strict=True)
        )
        return (x, y, x + width, y + height)

    def _output_bounds(self, state: RenderState) -> RectI:
        """Pixel bounds of the output: a source's own, where the region is the source's."""
        region = self.region_of_definition(state)
        for clip in self._instance.clips.values():
            if clip.connection is not None and region == self._clip_region(clip, state.time):
                return self._pixel_bounds(clip, state, state.time)
        aspect = self._instance.clips["Output"].core.properties.get("OfxImagePropPixelAspectRatio")[
            0
        ]
        sx, sy = state.scale[0] / aspect, state.scale[1]
        x1, y1, x2, y2 = region
        return (math.floor(x1 * sx), math.floor(y1 * sy), math.ceil(x2 * sx), math.ceil(y2 * sy))

    # Actions.

    def region_of_definition(self, state: RenderState) -> RectD:
        with self._entered(state):
            default = self._default_region(state)
            status, answer = self._instance._act(
                _EFFECT + "GetRegionOfDefinition", _about(state),
                [("OfxImageEffectPropRegionOfDefinition", "double", list(default))], state.time,
            )  # fmt: skip
            assert answer is not None
            if status == Status.REPLY_DEFAULT:
                return default
            return _rect(answer.get("OfxImageEffectPropRegionOfDefinition"))

    def regions_of_interest(self, state: RenderState, region: RectD | None) -> dict[str, RectD]:
        with self._entered(state):
            wanted = region or self.region_of_definition(state)
            inputs = self._inputs()
            outputs: list[Value] = [
                (f"OfxImageClipPropRoI_{name}", "double", list(wanted)) for name in inputs
            ]
            _, answer = self._instance._act(
                _EFFECT + "GetRegionsOfInterest",
                [*_about(state), ("OfxImageEffectPropRegionOfInterest", "double", list(wanted))],
                outputs, state.time,
            )  # fmt: skip
            assert answer is not None
            return {name: _rect(answer.get(f"OfxImageClipPropRoI_{name}")) for name in inputs}

    def frames_needed(self, state: RenderState) -> dict[str, list[tuple[float, float]]]:
        with self._entered(state):
            inputs = self._inputs()
            outputs: list[Value] = [
                (f"OfxImageClipPropFrameRange_{name}", "double", [state.time, state.time])
                for name in inputs
            ]
            _, answer = self._instance._act(
                _EFFECT + "GetFramesNeeded", [("OfxPropTime", "double", [state.time])], outputs,
                state.time,
            )  # fmt: skip
            assert answer is not None
            needed = {}
            for name in inputs:
                bounds = answer.get(f"OfxImageClipPropFrameRange_{name}")
                needed[name] = list(zip(bounds[::2], bounds[1::2], strict=True))
            return needed

    def is_identity(self, state: RenderState, window: RectI | None) -> tuple[str, float] | None:
        with self._entered(state):
            about = [*_about(state), *self._window(window or self._output_bounds(state))]
            status, answer = self._instance._act(
                _EFFECT + "IsIdentity", about,
                [("OfxPropName", "string", [""]), ("OfxPropTime", "double", [state.time])],
                state.time,
            )  # fmt: skip
            assert answer is not None
            if status == Status.REPLY_DEFAULT:
                return None
            return answer.get("OfxPropName")[0], answer.get("OfxPropTime")[0]

    def render(self, state: RenderState, window: RectI | None) -> Array:
        with self._entered(state):
            instance = self._instance
            bounds = self._output_bounds(state)
            window = self._resolved(window, state, bounds)
            if self._options.asks_identity:
                same = self.is_identity(state, window)
                if same is not None:
                    return self._identity(state, same, window)
            if self._options.tiles or self._options.strict:
                self.regions_of_interest(state, None)
            needed = self.frames_needed(state) if self._options.asks_frames_needed else None
            memory = self._make_output(state, bounds)
            about = [*_about(state), ("OfxImageEffectPropFieldToRender", "string", ["OfxFieldNone"]),
                     ("OfxImageEffectPropSequentialRenderStatus", "int", [0]),
                     ("OfxImageEffectPropInteractiveRenderStatus", "int", [0]),
                     ("OfxImageEffectPropRenderQualityDraft", "int", [0])]  # fmt: skip
            span: list[Value] = [
                ("OfxImageEffectPropFrameRange", "double", [state.time, state.time]),
                ("OfxImageEffectPropFrameStep", "double", [1.0]),
                ("OfxPropIsInteractive", "int", [0]),
                *[value for value in about if value[0] != "OfxPropTime"],
            ]
            instance._act(_EFFECT + "BeginSequenceRender", span, None, state.time)
            state.asked.clear()
            try:
                instance._act(_EFFECT + "Render", [*about, *self._window(window)], None, state.time)
            finally:
                self._check(state, needed, memory, window)
                instance._act(_EFFECT + "EndSequenceRender", span, None, state.time)
            if state.error is not None:
                raise state.error
            if instance.abort or instance._core.said_abort():
                raise RenderAborted(f"the render of frame {state.time:g} was aborted")
            assert state.output is not None
            return _cut(state.output, bounds, window)

    # Helpers.

    def _inputs(self) -> list[str]:
        return [name for name in self._instance.clips if name != "Output"]

    @staticmethod
    def _window(window: RectI) -> list[Value]:
        return [("OfxImageEffectPropRenderWindow", "int", list(window))]

    @staticmethod
    def _resolved(window: RectI | None, state: RenderState, bounds: RectI) -> RectI:
        if window is None and state.layout.render_window is not None:
            x1, y1, x2, y2 = state.layout.render_window
            window = (bounds[0] + x1, bounds[1] + y1, bounds[0] + x2, bounds[1] + y2)
        if window is None:
            return bounds
        inside = bounds[0] <= window[0] < window[2] <= bounds[2]
        if not inside or not bounds[1] <= window[1] < window[3] <= bounds[3]:
            raise ValueError(f"window is {window}; it must lie inside {bounds}")
        return window

    def _identity(self, state: RenderState, same: tuple[str, float], window: RectI) -> Array:
        clip = self._instance.clips[same[0]]
        connection = clip.connection
        frame = None if connection is None else connection.frame(same[1])
        output = self._instance.clips["Output"].core.properties
        components = short(output.get("OfxImageEffectPropComponents")[0])
        if frame is None:
            shape = (window[3] - window[1], window[2] - window[0], COMPONENTS[components])
            return np.zeros(shape, DEPTHS[self._depth()][1])
        frame = to_scale(to_components(to_depth(frame, self._depth()), components), state.scale)
        return _cut(frame, self._pixel_bounds(clip, state, same[1]), window)

    def _make_output(self, state: RenderState, bounds: RectI) -> Array:
        layout = state.layout
        if self._options.strict and layout.guard < _GUARD:
            layout = Layout(
                layout.name, layout.row_padding, layout.negative_row_bytes, guard=_GUARD
            )
        output = self._instance.clips["Output"].core.properties
        channels = COMPONENTS[short(output.get("OfxImageEffectPropComponents")[0])]
        shape = (bounds[3] - bounds[1], bounds[2] - bounds[0], channels)
        state.output, memory = allocate(shape, DEPTHS[self._depth()][1], layout)
        state.output_corner = bounds[:2]
        return memory

    def _check(
        self, state: RenderState, needed: dict[str, list[tuple[float, float]]] | None,
        memory: Array, window: RectI,
    ) -> None:  # fmt: skip
        if not self._options.strict:
            return
        for name, view, copy in state.handed:
            if view.tobytes() != copy.tobytes():
                self._note("source-written", f"the image of clip {name} was written to")
        if state.output is not None:
            corner = state.output_corner
            height, width = state.output.shape[:2]
            bounds = (corner[0], corner[1], corner[0] + width, corner[1] + height)
            inside = _cut(state.output, bounds, window)
            kept = inside.copy()
            inside.view(np.uint8)[...] = GUARD_BYTE
            if np.any(memory != GUARD_BYTE):
                self._note("written-outside", "bytes outside of the render window were written")
            inside[...] = kept
        for name, time in state.asked if needed is not None else []:
            if not any(low <= time <= high for low, high in (needed or {}).get(name, [])):
                self._note(
                    "frame-not-announced",
                    f"frame {time:g} of clip {name} was asked for; GetFramesNeeded did not name it",
                    Severity.WARNING,
                )

    def _note(self, rule: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self._instance.host.note(Finding(rule, severity, "Render", message))


def _about(state: RenderState) -> list[Value]:
    return [
        ("OfxPropTime", "double", [state.time]),
        ("OfxImageEffectPropRenderScale", "double", list(state.scale)),
    ]


def _rect(values: list[Any]) -> RectD:
    return (values[0], values[1], values[2], values[3])


def _cut(frame: Array, bounds: RectI, window: RectI) -> Array:
    """The window's part of a frame that covers `bounds`; rows run down, y runs up."""
    top, left = bounds[3] - window[3], window[0] - bounds[0]
    return frame[top : top + window[3] - window[1], left : left + window[2] - window[0]]
