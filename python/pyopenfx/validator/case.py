# SPDX-License-Identifier: Apache-2.0
"""A plug-in on trial: in a strict host, with frames, in instances as that host uses them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .._errors import ActionError, BundleError
from .._host import Host
from .._instance import Instance
from .._layout import COMPONENTS, Array, Layout, RectI, to_depth
from .._options import KNOWN, HostOptions, HostWays
from .._plugin import Plugin
from .._report import Finding, Severity
from .._standard import Status
from .check import Skipped

T = TypeVar("T")
SIZE = (36, 52)  # h, w of the test frames
COUNT = 5
#: The host that has all that the standard offers.
STANDARD = "standard"
#: Contexts that are tried, best first; others want files, or a person.
CONTEXTS = ("Filter", "General", "Generator", "Transition", "Retimer")


@dataclass(frozen=True)
class Case:
    """The subject of a check: a plug-in, a host, and how much is tried."""

    bundle: Path
    identifier: str
    host_name: str = STANDARD
    seed: int = 0
    strictness: int = 5
    headers: Path | None = None  # the folder of the ASWF headers
    findings: list[Finding] = field(default_factory=list, compare=False)  # so far

    @property
    def random(self) -> random.Random:
        """Chance that the seed decides."""
        return random.Random(f"{self.seed} {self.identifier}")

    def effort(self, least: int, growth: float = 2.0) -> int:
        """How often something is done: `least` at the recommended level, more above it."""
        return round(least * growth ** max(0, self.strictness - 5))

    @property
    def ways(self) -> HostWays:
        """The ways of the host."""
        return KNOWN[self.host_name].ways if self.host_name in KNOWN else HostWays()

    @property
    def options(self) -> HostOptions:
        """The host; identities are asked for by checks of their own."""
        known = KNOWN[self.host_name].options if self.host_name in KNOWN else HostOptions()
        size = (float(SIZE[1]), float(SIZE[0]))
        return replace(known, strict=True, asks_identity=False, project_size=size)

    @contextmanager
    def opened(self, **changes: Any) -> Iterator[Trial]:
        """The plug-in in the host; raises Skipped where the host has not what it needs."""
        host = Host(replace(self.options, **changes))
        try:
            with host:
                yield Trial(self, host, self._load(host))
        finally:
            self.findings.extend(host.report)

    def _load(self, host: Host) -> Plugin:
        try:
            plugins = host.load(self.bundle)
            if self.ways.scan == "unload":
                host.close()
                plugins = host.load(self.bundle)
        except ActionError as error:
            raise _refused(error) from error
        for plugin in plugins:
            if plugin.identifier == self.identifier:
                return plugin
        for refusal in host.refused:
            if refusal.identifier == self.identifier:
                raise _refused(refusal.error) from refusal.error
        raise BundleError(f"{self.bundle} has no plug-in {self.identifier}")


def _refused(error: ActionError) -> Exception:
    if error.status == Status.ERR_MISSING_HOST_FEATURE:
        return Skipped("it asks for a feature that this host has not")
    return error


class Trial:
    """The plug-in loaded, and what a check does with it."""

    def __init__(self, case: Case, host: Host, plugin: Plugin) -> None:
        self.case = case
        self.host = host
        self.plugin = plugin

    def note(self, rule: str, severity: Severity, text: str, action: str = "") -> None:
        """Report a finding."""
        self.case.findings.append(Finding(rule, severity, action, text))

    def contexts(self) -> list[str]:
        """Contexts that can be tried, best first; raises Skipped where there is none."""
        known = [each for each in CONTEXTS if each in self.plugin.contexts]
        shared = [each for each in known if each in self.host.options.contexts]
        if not shared:
            raise Skipped(f"it has no context to be tried in; it has {self.plugin.contexts}")
        return shared

    def create(self, context: str | None = None) -> Instance:
        """An instance with frames in the clips that it must have."""
        context = context or self.contexts()[0]
        try:
            instance = self.plugin.create(context)
        except ActionError as error:
            raise _refused(error) from error
        if "Output" not in instance.clips:
            instance.close()
            raise Skipped(f"it has no output in context {context}")
        optional = {clip.name: clip.optional for clip in self.plugin.describe(context).clips}
        for clip in instance.clips.values():
            if clip.name != "Output" and not optional[clip.name] and clip.supported_components:
                clip.connect(self.frames(clip.supported_components))
        return instance

    def frames(self, supported: tuple[str, ...]) -> list[Array]:
        """Frames of noise in the depth and components that the host prefers."""
        ways = self.case.ways
        components = ways.components if ways.components in supported else supported[0]
        return noise(components, ways.depth)

    def render(
        self,
        instance: Instance,
        time: float = 1,
        window: RectI | None = None,
        layout: Layout | None = None,
        **options: Any,
    ) -> Array:
        """A frame (h, w, C) as the host would have it rendered."""
        ways = self.case.ways
        placed = layout or Layout(negative_row_bytes=ways.negative_row_bytes)
        options.setdefault("scale", ways.scale)

        def rendered(by: Instance) -> Array:
            return by.render(time, window, layout=placed, **options).copy()

        if ways.renders == "instance":
            return rendered(instance)

        def cloned() -> Array:
            with instance.clone() as clone:
                return rendered(clone)

        return on_thread(cloned)

    def reference(self, instance: Instance) -> list[Array]:
        """All frames; raises Skipped where the plug-in cannot render, or never twice alike."""
        try:
            once = [self.render(instance, time) for time in range(COUNT)]
            again = [self.render(instance, time) for time in range(COUNT)]
        except ActionError as error:
            raise Skipped(f"it renders nothing as it comes: {error}") from error
        if not are_equal(once, again):
            raise Skipped("it renders other pixels each time (see render.repeats)")
        return once


def noise(components: str, depth: str) -> list[Array]:
    """Frames (h, w, C) of noise."""
    rng, shape = np.random.default_rng(7), (*SIZE, COMPONENTS.get(components, 4))
    return [to_depth(rng.random(shape, np.float32), depth) for _ in range(COUNT)]


def are_equal(some: list[Array], others: list[Array]) -> bool:
    """Whether all pixels are the same, bit for bit."""
    return len(some) == len(others) and all(
        one.shape == other.shape and one.tobytes() == other.tobytes()
        for one, other in zip(some, others, strict=True)
    )


def on_thread(work: Callable[[], T]) -> T:
    """The result of `work` on a thread of its own; what it raises is raised here."""
    done: list[T] = []
    raised: list[BaseException] = []

    def body() -> None:
        try:
            done.append(work())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return done[0]
