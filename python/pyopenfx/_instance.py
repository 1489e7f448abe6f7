# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import _core
from ._clip import Clip
from ._errors import ActionError, ParamError, PyOpenFXError
from ._gate import Gate
from ._images import RectD, RenderState
from ._layout import DEPTHS, PLAIN, Array, Layout, RectI, components_of, depth_of
from ._param import Param, Params
from ._plugin import Plugin, Value, arguments
from ._render import Rendering, full_scale
from ._report import Finding, Severity
from ._standard import Status, short

if TYPE_CHECKING:
    from ._host import Host

_EFFECT = "OfxImageEffectAction"
_DEPTH_ORDER = ("float", "half", "short", "byte")


class Clips(dict[str, Clip]):
    """The clips of an instance, by name."""

    def __missing__(self, name: str) -> Clip:
        raise ParamError(f"there is no clip {name!r}; there are {', '.join(self)}")


class Instance:
    """A plug-in at work. Several threads may render it at once; closing it waits for them."""

    def __init__(
        self,
        plugin: Plugin,
        descriptor: _core.Effect,
        context: str,
        original: Instance | None = None,
    ) -> None:
        """Create it; with the clips and values of the `original`, where one is given."""
        self.plugin = plugin
        self.host: Host = plugin.host
        self.context = context
        self._descriptor = descriptor
        self._core = descriptor.instantiate()
        self._lock = threading.RLock()
        self._prepared: tuple[str | None, str | None] | None = None
        self._messages: list[_core.Message] = []
        self._gate = Gate(f"the instance of {plugin.identifier}")
        self._rendering = Rendering(self)
        self.clips = Clips({clip.name: Clip(clip, self._clip_changed) for clip in self._core.clips})
        self.params = Params([Param(param, self._param_changed) for param in self._core.params])
        self._ready = False
        self._tell(descriptor, context)
        for clip in self.clips.values():
            self._rendering.images.serve(clip)
        if original is not None:
            self._take_over(original)
        self._act("OfxActionCreateInstance")
        self._ready = True

    # What is asked of the plug-in.

    def render(
        self,
        time: float,
        window: RectI | None = None,
        scale: float | tuple[float, float] = 1.0,
        *,
        depth: str | None = None,
        components: str | None = None,
        layout: Layout = PLAIN,
    ) -> Array:
        """The output (h, w, C) at a time, row 0 on top.

        `window` is in pixel coordinates at this scale, y up. `depth` ("float", "half", "short",
        "byte") and `components` ("RGBA", "RGB", "Alpha") are the source's unless given. Raises
        ActionError when the plug-in fails, and RenderAborted when it was told to stop.
        """
        scales = scale if isinstance(scale, tuple) else (scale, scale)
        with self._gate.passed():
            self._prepare(depth, components)
            return self._rendering.render(RenderState(time, scales, layout), window)

    def region_of_definition(self, time: float, scale: float | tuple[float, float] = 1.0) -> RectD:
        """Where the output has pixels; canonical."""
        self._prepare_once()
        return self._rendering.region_of_definition(RenderState(time, full_scale(scale), PLAIN))

    def regions_of_interest(self, time: float, region: RectD | None = None) -> dict[str, RectD]:
        """Regions of each input needed to fill `region`, by default all of the output."""
        self._prepare_once()
        return self._rendering.regions_of_interest(RenderState(time, (1.0, 1.0), PLAIN), region)

    def frames_needed(self, time: float) -> dict[str, list[tuple[float, float]]]:
        """Times it needs of each input, as inclusive ranges."""
        self._prepare_once()
        return self._rendering.frames_needed(RenderState(time, (1.0, 1.0), PLAIN))

    def is_identity(self, time: float, window: RectI | None = None) -> tuple[str, float] | None:
        """The clip and time that the output equals, or None."""
        self._prepare_once()
        return self._rendering.is_identity(RenderState(time, (1.0, 1.0), PLAIN), window)

    def clip_preferences(self) -> dict[str, list[Any]]:
        """Answers of GetClipPreferences by property."""
        return self._preferences(None, None)

    def push(self, button: str) -> None:
        """Press a push button."""
        if self.params[button].type != "OfxParamTypePushButton":
            raise ParamError(f"{button} is a {short(self.params[button].type)}, no push button")
        self._param_changed(button)

    def purge_caches(self) -> None:
        """Ask it to drop what it can make again."""
        self._act("OfxActionPurgeCaches")

    def sync_private_data(self) -> None:
        """Ask it to write what it holds into its parameters, as before saving."""
        self._act("OfxActionSyncPrivateData")

    def clone(self) -> Self:
        """Another instance with the same clips and values, as hosts make for render threads."""
        return type(self)(self.plugin, self._descriptor, self.context, self)

    # What the plug-in says.

    @property
    def messages(self) -> list[_core.Message]:
        """Everything it said so far: `.kind`, `.id`, `.text`, `.persistent`."""
        with self._lock:
            self._messages += self._core.take_messages()
            return list(self._messages)

    @property
    def persistent_message(self) -> str:
        """The message that stands at the effect now, or ""."""
        message = self._core.persistent
        return message.text if message else ""

    @property
    def progress(self) -> list[float]:
        """The values it gave to the progress suite."""
        return self._core.progress

    # What the person at the host does.

    @property
    def abort(self) -> bool:
        """Whether the host wants renders to stop; set it from any thread."""
        return self._core.aborted

    @abort.setter
    def abort(self, stop: bool) -> None:
        self._core.aborted = stop

    def abort_after(self, answers: int) -> None:
        """Answer the abort question with no that many times, then with yes; -1 for never."""
        self._core.abort_after(answers)

    def cancel_progress(self, cancel: bool = True) -> None:
        """Answer progress updates with a request to stop."""
        self._core.progress_cancels = cancel

    def close(self) -> None:
        """Destroy it; what it left behind is reported.

        Renders that are under way are aborted and waited for. Raises PyOpenFXError where the thread
        that closes it is rendering it.
        """
        self.abort, before = True, self.abort
        try:
            if not self._gate.close():
                return
        except PyOpenFXError:
            self.abort = before
            raise
        try:
            self._do("OfxActionDestroyInstance")
        finally:
            if self._core.memory_blocks > 0:
                self.host.note(
                    Finding("unfreed-memory", Severity.ERROR, "DestroyInstance",
                            f"{self._core.memory_blocks} blocks of memory were not freed")
                )  # fmt: skip
            self._core.close()
            self._rendering.images.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Inside.

    def _take_over(self, original: Instance) -> None:
        for name, clip in self.clips.items():
            clip.connection = original.clips[name].connection
        for mine, theirs in zip(self._core.params, original._core.params, strict=True):
            if mine.parts:
                mine.copy_from(theirs)
        self._tell_project()

    def _act(
        self, action: str, inputs: list[Value] | None = None, outputs: list[Value] | None = None,
        time: float | None = None,
    ) -> tuple[Status, _core.PropertySet | None]:  # fmt: skip
        with self._gate.passed():
            return self._do(action, inputs, outputs, time)

    def _do(
        self, action: str, inputs: list[Value] | None = None, outputs: list[Value] | None = None,
        time: float | None = None,
    ) -> tuple[Status, _core.PropertySet | None]:  # fmt: skip
        name = short(action)
        given = None if inputs is None else arguments(f"inArgs of {name}", inputs)
        answer = None if outputs is None else arguments(f"outArgs of {name}", outputs)
        at = self._core.time if time is None else time
        try:
            status = self.plugin.act(action, self._core, given, answer, at)
        except ActionError as error:
            texts = [message.text for message in self.messages]
            raise ActionError(action, error.status, texts) from None
        return status, answer

    def _tell(self, descriptor: _core.Effect, context: str) -> None:
        put = self._core.properties.put
        put("OfxPropType", "string", ["OfxTypeImageEffectInstance"])
        put("OfxImageEffectPropContext", "string", ["OfxImageEffectContext" + context])
        for name in ("OfxImageEffectPropProjectSize", "OfxImageEffectPropProjectExtent"):
            put(name, "double", list(self.host.options.project_size))
        put("OfxImageEffectPropPluginHandle", "pointer", [descriptor.handle])
        put("OfxPropIsInteractive", "int", [int(not self.host.options.background)])
        for param in self._core.params:
            param.properties.put("OfxPropType", "string", ["OfxTypeParameterInstance"])
        for name in self.host.options.missing_properties:
            for properties in (self._core.properties, *(c.properties for c in self._core.clips)):
                properties.erase(name)
        if self.host.options.connects_all:
            for clip in self._core.clips:
                clip.properties.put("OfxImageClipPropConnected", "int", [1])

    def _clip_changed(self, name: str) -> None:
        with self._lock:
            self._prepared = None
            self._tell_project()
        self._tell_change(name, "OfxTypeClip")

    def _param_changed(self, name: str) -> None:
        with self._lock:
            self._prepared = None
        self._tell_change(name, "OfxTypeParameter")

    def _tell_change(self, name: str, kind: str) -> None:
        if not (self._ready and self.host.options.tells_changes):
            return
        self._prepare_clips(None, None)
        self._changed(name, kind, "OfxChangeUserEdited")
        # What the plug-in changed in turn is told too, but no further.
        for changed in dict.fromkeys(self._core.take_changes()):
            self._changed(changed, "OfxTypeParameter", "OfxChangePluginEdited")
        self._core.take_changes()

    def _changed(self, name: str, kind: str, reason: str) -> None:
        why: Value = ("OfxPropChangeReason", "string", [reason])
        self._act("OfxActionBeginInstanceChanged", [why])
        self._act(
            "OfxActionInstanceChanged",
            [
                ("OfxPropType", "string", [kind]),
                ("OfxPropName", "string", [name]),
                why,
                ("OfxPropTime", "double", [self._core.time]),
                ("OfxImageEffectPropRenderScale", "double", [1.0, 1.0]),
            ],
        )
        self._act("OfxActionEndInstanceChanged", [why])

    def _tell_project(self) -> None:
        connected = [clip for clip in self.clips.values() if clip.connection]
        if not connected or not connected[0].connection:
            return
        first, last = connected[0].connection.frame_range
        self._core.set_time_bounds(first, last)
        shape = connected[0].shape(first)
        if shape is None:
            return
        put = self._core.properties.put
        width = shape[1] * connected[0].connection.pixel_aspect
        for name in ("OfxImageEffectPropProjectSize", "OfxImageEffectPropProjectExtent"):
            put(name, "double", [float(width), float(shape[0])])
        put("OfxImageEffectInstancePropEffectDuration", "double", [last - first + 1])
        put("OfxImageEffectPropFrameRate", "double", [connected[0].connection.frame_rate])
        for name in self.host.options.missing_properties:
            self._core.properties.erase(name)

    def _prepare_once(self) -> None:
        if self._prepared is None:
            self._prepare(None, None)

    def _prepare(self, depth: str | None, components: str | None) -> None:
        with self._lock:
            if self._prepared == (depth, components):
                return
            self._preferences(depth, components)
            self._prepared = (depth, components)

    def _preferences(self, depth: str | None, components: str | None) -> dict[str, list[Any]]:
        """Ask for clip preferences and tell the clips what came of them."""
        self._prepare_clips(depth, components)
        wanted: list[Value] = []
        for name, clip in self.clips.items():
            get = clip.core.properties.get
            for prefix, kind, source in (
                ("OfxImageClipPropComponents_", "string", "OfxImageEffectPropComponents"),
                ("OfxImageClipPropDepth_", "string", "OfxImageEffectPropPixelDepth"),
                ("OfxImageClipPropPAR_", "double", "OfxImagePropPixelAspectRatio"),
            ):
                wanted.append((prefix + name, kind, get(source)))
        output = self.clips["Output"].core.properties
        wanted += [
            ("OfxImageEffectPropFrameRate", "double", [24.0]),
            ("OfxImageEffectPropPreMultiplication", "string",
             output.get("OfxImageEffectPropPreMultiplication")),
            ("OfxImageClipPropFieldOrder", "string", ["OfxFieldNone"]),
            ("OfxImageClipPropContinuousSamples", "int", [0]),
            ("OfxImageEffectFrameVarying", "int", [0]),
        ]  # fmt: skip
        _, answer = self._act(_EFFECT + "GetClipPreferences", None, wanted)
        assert answer is not None
        for name, clip in self.clips.items():
            for prefix, kind, target in (
                ("OfxImageClipPropComponents_", "string", "OfxImageEffectPropComponents"),
                ("OfxImageClipPropDepth_", "string", "OfxImageEffectPropPixelDepth"),
            ):
                clip.core.properties.put(target, kind, answer.get(prefix + name))
        output.put("OfxImageEffectPropPreMultiplication", "string",
                   answer.get("OfxImageEffectPropPreMultiplication"))  # fmt: skip
        return {name: answer.get(name) for name in answer.names()}

    def _prepare_clips(self, depth: str | None, components: str | None) -> None:
        options = self.host.options
        supported = self._core.properties.get("OfxImageEffectPropSupportedPixelDepths")
        taken = [
            name for name in _DEPTH_ORDER
            if DEPTHS[name][0] in supported and name in options.depths
        ]  # fmt: skip
        main = next((c for c in self.clips.values() if c.sample() is not None), None)
        sample = main.sample() if main else None
        natural = depth_of(sample) if sample is not None else "float"
        chosen = _one_of("depth", depth, taken, natural)
        for clip in self.clips.values():
            offered = [name for name in clip.supported_components if name in options.components]
            own = clip.sample() if clip.is_connected else sample
            raw = components_of(own.shape[2]) if own is not None else "RGBA"
            follows = clip is main or clip.name == "Output"
            is_mask = bool(clip.core.properties.get("OfxImageClipPropIsMask")[0])
            wish = components if follows or (components in offered and not is_mask) else None
            parts = _one_of("components", wish, offered, raw)
            clip.tell(
                DEPTHS[chosen][0], "OfxImageComponent" + parts, options.missing_properties,
                claims=options.connects_all or clip.name == "Output",
            )  # fmt: skip
        if main is not None and main.connection is not None:
            output = self.clips["Output"].core.properties
            for name in (
                "OfxImageEffectPropPreMultiplication",
                "OfxImagePropPixelAspectRatio",
                "OfxImageEffectPropFrameRate",
                "OfxImageEffectPropFrameRange",
            ):
                kind = "string" if name.endswith("Multiplication") else "double"
                if name not in options.missing_properties:
                    output.put(name, kind, main.core.properties.get(name))


def _one_of(what: str, wish: str | None, offered: list[str], natural: str) -> str:
    if wish is not None and wish not in offered:
        raise ParamError(
            f"{what} is {wish!r}; host and plug-in share {', '.join(offered) or 'none'}"
        )
    if wish is not None:
        return wish
    return natural if natural in offered or not offered else offered[0]
