# SPDX-License-Identifier: Apache-2.0
"""The actions around Render, in their order, and what strict mode looks at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import PyOpenFXError
from ._images import Images, RectD, RenderState
from ._layout import (
    COMPONENTS,
    DEPTHS,
    GUARD_BYTE,
    Array,
    Layout,
    RectI,
    allocate,
    to_components,
    to_depth,
    to_scale,
)
from ._plugin import Value
from ._report import Finding, Severity
from ._standard import Status, short

if TYPE_CHECKING:
    from ._instance import Instance

_EFFECT = "OfxImageEffectAction"
_UNBOUNDED = 1e6  # canonical units
_MOST_PIXELS = 1 << 28  # of an output
_GUARD = 256  # bytes around the output in strict mode


class RenderAborted(PyOpenFXError):  # noqa: N818 - it is no error that the host asked to stop
    """The plug-in stopped because the host asked it to; there are no pixels."""


def full_scale(scale: float | tuple[float, float]) -> tuple[float, float]:
    """Both scales, where one is given."""
    return scale if isinstance(scale, tuple) else (scale, scale)


class Rendering:
    """Runs the actions that rendering is made of."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._options = instance.host.options
        self.images = Images(instance, self.region_of_definition)

    def region_of_definition(self, state: RenderState) -> RectD:
        with self.images.entered(state):
            default = self.images.default_region(state)
            status, answer = self._instance._act(
                _EFFECT + "GetRegionOfDefinition", _about(state),
                [("OfxImageEffectPropRegionOfDefinition", "double", list(default))], state.time,
            )  # fmt: skip
            assert answer is not None
            if status == Status.REPLY_DEFAULT:
                return default
            wanted = answer.get("OfxImageEffectPropRegionOfDefinition")
            # Without bounds, as generators often say, means all of the project.
            bounded = [
                each if abs(each) < _UNBOUNDED else default[corner]
                for corner, each in enumerate(wanted)
            ]
            return _rect(bounded)

    def regions_of_interest(self, state: RenderState, region: RectD | None) -> dict[str, RectD]:
        with self.images.entered(state):
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
        with self.images.entered(state):
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
        with self.images.entered(state):
            about = [
                *_about(state),
                *self._window(window or self.images.output_bounds(state)),
                ("OfxImageEffectPropFieldToRender", "string", ["OfxFieldNone"]),
            ]
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
        with self.images.entered(state):
            instance = self._instance
            bounds = self.images.output_bounds(state)
            window = self._resolved(window, state, bounds)
            if self._options.asks_identity:
                same = self.is_identity(state, window)
                if same is not None:
                    return self._identity(state, same, window)
            if self._options.tiles or self._options.strict:
                self.regions_of_interest(state, None)
            needed = self.frames_needed(state) if self._options.asks_frames_needed else None
            memory = self._make_output(state, bounds)
            about: list[Value] = [
                *_about(state),
                ("OfxImageEffectPropFieldToRender", "string", ["OfxFieldNone"]),
                ("OfxImageEffectPropSequentialRenderStatus", "int", [0]),
                ("OfxImageEffectPropInteractiveRenderStatus", "int", [0]),
                ("OfxImageEffectPropRenderQualityDraft", "int", [0]),
            ]
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
            if instance._core.said_abort() or instance.abort:
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
            return np.zeros(shape, DEPTHS[self.images.depth()][1])
        frame = to_scale(
            to_components(to_depth(frame, self.images.depth()), components), state.scale
        )
        return _cut(frame, self.images.pixel_bounds(clip, state, same[1]), window)

    def _make_output(self, state: RenderState, bounds: RectI) -> Array:
        layout = state.layout
        if self._options.strict and layout.guard < _GUARD:
            layout = Layout(
                layout.name, layout.row_padding, layout.negative_row_bytes, guard=_GUARD
            )
        output = self._instance.clips["Output"].core.properties
        channels = COMPONENTS[short(output.get("OfxImageEffectPropComponents")[0])]
        shape = (bounds[3] - bounds[1], bounds[2] - bounds[0], channels)
        if min(shape) < 1 or shape[0] * shape[1] > _MOST_PIXELS:
            raise PyOpenFXError(f"no image can be made for the region of definition {bounds}")
        state.output, memory = allocate(shape, DEPTHS[self.images.depth()][1], layout)
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
        for name, time in state.asked:
            temporal = self._instance.clips[name].core.properties.get(
                "OfxImageEffectPropTemporalClipAccess"
            )
            if time != state.time and not temporal[0]:
                self._note(
                    "no-temporal-access",
                    f"clip {name} is read at other times and does not set TemporalClipAccess",
                )
        is_announced = needed is not None and self._instance.context != "Retimer"  # by SourceTime
        for name, time in state.asked if is_announced else []:
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
