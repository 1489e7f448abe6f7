# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from . import _core
from ._errors import ActionError, ParamError, PyOpenFXError
from ._lint import lint_context, lint_plugin
from ._param import ParamDescription, describe_param
from ._report import Finding, Severity
from ._standard import STATUSES, Status, short, status_name

if TYPE_CHECKING:
    from ._host import Host
    from ._instance import Instance

Value = tuple[str, str, list[Any]]  # name, type, values


@dataclass(frozen=True, slots=True)
class ClipDescription:
    """One clip as a plug-in described it."""

    name: str
    components: tuple[str, ...]
    optional: bool
    is_mask: bool
    temporal_access: bool


@dataclass(frozen=True, slots=True)
class Description:
    """Description of a plug-in in one context: clips and parameters."""

    context: str
    params: tuple[ParamDescription, ...]
    clips: tuple[ClipDescription, ...]
    properties: dict[str, list[Any]]


def arguments(what: str, values: list[Value]) -> _core.PropertySet:
    """An argument set of an action."""
    made = _core.PropertySet("args", what)
    for name, kind, each in values:
        made.put(name, kind, each)
    return made


class Plugin:
    """One image effect of a bundle."""

    def __init__(self, host: Host, host_core: _core.Host, core: _core.Binary, binary: Path) -> None:
        self.host = host
        self.binary = binary
        self.identifier = core.identifier
        self.version = core.version
        self._host_core = host_core
        self._core = core
        self._effect = _core.Effect(core.identifier)
        self._contexts: dict[str, _core.Effect] = {}
        self._instances: WeakSet[Instance] = WeakSet()
        self._open = False

    def open(self) -> None:
        """Set the host, load and describe; once."""
        if self._open:
            return
        self._core.set_host(self._host_core)
        self.act("OfxActionLoad", None)
        self._open = True
        self._effect = _core.Effect(self.identifier)
        folder = self.binary.parents[2] if len(self.binary.parents) > 2 else self.binary.parent
        self._effect.properties.put("OfxPluginPropFilePath", "string", [str(folder)])
        self.act("OfxActionDescribe", self._effect)
        lint_plugin(self.host, self._effect)

    def act(
        self,
        action: str,
        effect: _core.Effect | None,
        inputs: _core.PropertySet | None = None,
        outputs: _core.PropertySet | None = None,
        time: float = 0.0,
    ) -> Status:
        """Run an action; an answer that says it failed raises ActionError."""
        status = self._core.act(self._host_core, action, effect, inputs, outputs, time)
        if status not in STATUSES[action]:
            allowed = ", ".join(status_name(each) for each in sorted(STATUSES[action]))
            self.host.note(
                Finding(
                    "status",
                    Severity.ERROR,
                    short(action),
                    f"it answers {status_name(status)}; it may answer {allowed}",
                )
            )
        if status not in (Status.OK, Status.REPLY_DEFAULT):
            standing = effect.persistent if effect else None
            raise ActionError(action, status, [standing.text] if standing else [])
        return Status(status)

    @property
    def label(self) -> str:
        """Label shown to the user."""
        return self._one("OfxPropLabel") or self.identifier

    @property
    def grouping(self) -> str:
        """The menu it lies in, such as `Restoration/Film`."""
        return self._one("OfxImageEffectPluginPropGrouping")

    @property
    def description(self) -> str:
        """Description in the plug-in's own words."""
        return self._one("OfxPropPluginDescription")

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts it supports, such as `Filter`."""
        return tuple(map(short, self._effect.properties.get("OfxImageEffectPropSupportedContexts")))

    @property
    def properties(self) -> dict[str, list[Any]]:
        """Everything that is set on its descriptor."""
        return {name: self._effect.properties.get(name) for name in self._effect.properties.names()}

    def describe(self, context: str = "Filter") -> Description:
        """Parameters, clips and properties in a context."""
        effect = self.descriptor(context)
        clips = tuple(
            ClipDescription(
                clip.name,
                tuple(map(short, clip.properties.get("OfxImageEffectPropSupportedComponents"))),
                bool(clip.properties.get("OfxImageClipPropOptional")[0]),
                bool(clip.properties.get("OfxImageClipPropIsMask")[0]),
                bool(clip.properties.get("OfxImageEffectPropTemporalClipAccess")[0]),
            )
            for clip in effect.clips
        )
        names = effect.properties.names()
        return Description(
            context,
            tuple(describe_param(param) for param in effect.params),
            clips,
            {name: effect.properties.get(name) for name in names},
        )

    def descriptor(self, context: str) -> _core.Effect:
        """The described effect behind `describe`, made once for each context."""
        if context not in self.contexts:
            offered = ", ".join(self.contexts) or "none"
            raise ParamError(f"{self.identifier} has no context {context!r}; it has {offered}")
        if context not in self._contexts:
            full = "OfxImageEffectContext" + context
            effect = _core.Effect(self.identifier)
            effect.copy_from(self._effect)
            effect.properties.put("OfxImageEffectPropContext", "string", [full])
            inputs = arguments(
                "inArgs of DescribeInContext", [("OfxImageEffectPropContext", "string", [full])]
            )
            self.act("OfxImageEffectActionDescribeInContext", effect, inputs)
            lint_context(self.host, context, effect)
            self._contexts[context] = effect
        return self._contexts[context]

    def create(self, context: str = "Filter") -> Instance:
        """A new instance; close it, or use it as a context manager."""
        from ._instance import Instance

        if not self._open:
            raise PyOpenFXError(f"{self.identifier} is unloaded")
        instance = Instance(self, self.descriptor(context), context)
        self._instances.add(instance)
        return instance

    def close(self) -> None:
        """Destroy the instances and unload."""
        was_open, self._open = self._open, False
        for instance in list(self._instances):
            instance.close()
        if not was_open:
            return
        for effect in [*self._contexts.values(), self._effect]:
            effect.close()
        self._contexts.clear()
        self.act("OfxActionUnload", None)

    def _one(self, name: str) -> str:
        values = self._effect.properties.get(name)
        return values[0] if values else ""

    def __repr__(self) -> str:
        return f"<Plugin {self.identifier} {self.version[0]}.{self.version[1]}>"
