# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import _core
from ._errors import ActionError, BundleError
from ._layout import DEPTHS
from ._options import KNOWN_HOSTS, HostOptions
from ._plugin import Plugin
from ._properties import define_all
from ._report import Finding, Severity, from_core, to_core
from ._standard import SUITES

define_all()

_FOLDERS = {
    "Linux": "Linux-" + platform.machine().replace("x86_64", "x86-64"),
    "Darwin": "MacOS",
    "Windows": "Win64",
}


@dataclass(frozen=True, slots=True)
class Access:
    """A property that a plug-in read or wrote."""

    kind: str  # of the set: "effect", "clip", "param.OfxParamTypeDouble", "args", …
    name: str
    type: str  # "int", "double", "string", "pointer"
    index: int  # the highest
    writes: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plug-in that failed to load or to describe itself."""

    identifier: str
    error: ActionError


class Host:
    """An OpenFX host. Options are those of HostOptions; use it as a context manager."""

    def __init__(self, options: HostOptions | None = None, **changes: Any) -> None:
        unknown = set(changes) - {each.name for each in fields(HostOptions)}
        if unknown:
            known = ", ".join(each.name for each in fields(HostOptions))
            raise TypeError(f"Host has no option {sorted(unknown)[0]!r}; it has {known}")
        self.options = replace(options or HostOptions(), **changes)
        self._core = _core.Host(
            self.options.strict, self.options.cpus, self._withheld(), self._nulled()
        )
        self._tell()
        self._plugins: list[Plugin] = []
        self.refused: list[Refusal] = []

    @classmethod
    def like(cls, host: str, **changes: Any) -> Self:
        """A host that behaves as one of KNOWN_HOSTS was seen to, such as `mlt` or `natron`."""
        if host not in KNOWN_HOSTS:
            raise ValueError(f"no host {host!r} is known; there are {', '.join(KNOWN_HOSTS)}")
        return cls(KNOWN_HOSTS[host], **changes)

    def load(self, bundle: Path | str) -> list[Plugin]:
        """The image effects of a bundle, or of a bare library, loaded and described.

        As in other hosts, one that fails is left out, and `refused` tells why; the first failure is
        raised where none is left.
        """
        binary = find_binary(Path(bundle))
        try:
            found = _core.open_library(str(binary), self._core)
        except _core.LoadError as error:
            raise BundleError(f"{binary} does not load: {error}") from error
        plugins = [Plugin(self, self._core, each, binary) for each in found if self._takes(each)]
        self._plugins += plugins
        opened, failed = [], []
        for plugin in plugins:
            try:
                plugin.open()
                opened.append(plugin)
            except ActionError as error:
                failed.append(Refusal(plugin.identifier, error))
        self.refused += failed
        if failed and not opened:
            raise failed[0].error
        return opened

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Plug-ins of all bundles that are loaded."""
        return tuple(self._plugins)

    @property
    def accesses(self) -> list[Access]:
        """Properties that plug-ins read and wrote so far, in strict mode."""
        return [Access(*each) for each in self._core.accesses()]

    @property
    def report(self) -> list[Finding]:
        """Findings of strict mode so far."""
        return [from_core(finding) for finding in self._core.findings()]

    def note(self, finding: Finding) -> None:
        """Add to the report; ignored unless strict."""
        self._core.add(to_core(finding))

    def clear_report(self) -> None:
        """Forget what was noted."""
        self._core.clear_findings()

    def close(self) -> None:
        """Destroy all instances and unload all plug-ins; the libraries stay mapped."""
        for plugin in self._plugins:
            plugin.close()
        self._plugins.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _takes(self, core: _core.Binary) -> bool:
        if (core.api, core.api_version) == ("OfxImageEffectPluginAPI", 1):
            return True
        message = f"{core.identifier} is for {core.api} {core.api_version}, not for image effects 1"
        self.note(Finding("api-version", Severity.ERROR, "", message))
        return False

    def _withheld(self) -> set[tuple[str, int]]:
        withheld: set[tuple[str, int]] = set()
        for each in self.options.withheld_suites:
            named = each[0] if isinstance(each, tuple) else each
            version = each[1] if isinstance(each, tuple) else None
            matching = {s for s in SUITES if s[0] == named and version in (None, s[1])}
            if not matching:
                raise ValueError(f"there is no suite {each!r} to withhold")
            withheld |= matching
        return withheld

    def _nulled(self) -> list[tuple[str, int, int]]:
        try:
            return [
                (suite, version, SUITES[suite, version].index(function))
                for suite, version, function in self.options.null_functions
            ]
        except (KeyError, ValueError) as error:
            raise ValueError(f"null_functions names what no suite has: {error}") from error

    def _tell(self) -> None:
        options, properties = self.options, self._core.properties
        told: list[tuple[str, str, Iterable[Any]]] = [
            ("OfxPropName", "string", [options.name]),
            ("OfxPropLabel", "string", [options.label]),
            ("OfxPropVersion", "int", options.version),
            ("OfxPropVersionLabel", "string", [".".join(map(str, options.version))]),
            ("OfxPropAPIVersion", "int", options.api_version),
            ("OfxImageEffectHostPropIsBackground", "int", [options.background]),
            ("OfxImageEffectPropSupportsMultiResolution", "int", [options.multi_resolution]),
            ("OfxImageEffectPropSupportsTiles", "int", [options.tiles]),
            ("OfxImageEffectPropTemporalClipAccess", "int", [options.temporal_access]),
            ("OfxImageEffectPropSupportedComponents", "string",
             ["OfxImageComponent" + name for name in options.components]),
            ("OfxImageEffectPropSupportedPixelDepths", "string",
             [DEPTHS[name][0] for name in options.depths]),
            ("OfxImageEffectPropSupportedContexts", "string",
             ["OfxImageEffectContext" + name for name in options.contexts]),
        ]  # fmt: skip
        for name, kind, values in told:
            properties.put(name, kind, list(values))
        for name, value in options.properties.items():
            values = list(value) if isinstance(value, (tuple, list)) else [value]
            kind = {int: "int", bool: "int", float: "double", str: "string"}[type(values[0])]
            properties.put(name, kind, values)
        for name in options.missing_properties:
            properties.erase(name)


def find_binary(bundle: Path) -> Path:
    """The library for this system inside a bundle; a path to a library is taken as it is."""
    if bundle.is_file():
        return bundle
    if not bundle.is_dir():
        raise BundleError(f"there is no bundle {bundle}")
    folder = _FOLDERS.get(platform.system(), sys.platform)
    binary = bundle / "Contents" / folder / bundle.name.removesuffix(".bundle")
    if binary.is_file():
        return binary
    contents = bundle / "Contents"
    there = sorted(path.name for path in contents.iterdir()) if contents.is_dir() else []
    raise BundleError(
        f"{bundle} has no {folder}/{binary.name}; it holds {', '.join(there) or 'nothing'}"
    )
