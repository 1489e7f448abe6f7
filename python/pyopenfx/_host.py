# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import _core
from ._errors import ActionError, BundleError
from ._layout import DEPTHS
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """Who the host says it is, what it can do, and in which ways it falls short of the standard."""

    name: str = "pyopenfx"
    label: str = "pyopenfx"
    version: tuple[int, ...] = (0, 1, 0)
    api_version: tuple[int, ...] = (1, 5)
    contexts: tuple[str, ...] = ("Filter", "General", "Generator", "Transition", "Retimer")
    components: tuple[str, ...] = ("RGBA", "RGB", "Alpha")
    depths: tuple[str, ...] = ("float", "half", "short", "byte")
    temporal_access: bool = True
    other_times: str = "frames"  # or "current": any time answers with the frame being rendered
    tiles: bool = False
    multi_resolution: bool = True
    background: bool = True
    project_size: tuple[float, float] = (1920.0, 1080.0)  # until a clip is connected
    cpus: int = 0  # what the MultiThread suite tells; 0 is what the machine has
    strict: bool = False
    asks_identity: bool = True
    asks_frames_needed: bool = True
    tells_changes: bool = True  # InstanceChanged when a parameter or a connection changes
    connects_all: bool = False  # clips claim to be connected though nothing is
    unconnected: str = "nothing"  # or "black": what such clips give
    names_downscaled: bool = True  # False: below full scale all images bear one UniqueIdentifier
    withheld_suites: tuple[str | tuple[str, int], ...] = ()
    null_functions: tuple[tuple[str, int, str], ...] = ()  # suite, version, function
    missing_properties: tuple[str, ...] = ()  # of the host, instances, clips and images
    properties: Mapping[str, Any] = field(default_factory=dict)  # of the host, on top of the above


#: Hosts as they were seen to behave, for `Host.like`.
KNOWN_HOSTS: dict[str, HostOptions] = {
    "mlt": HostOptions(
        name="MLT", label="MLT", version=(7, 42, 0), contexts=("Filter",),
        components=("RGBA", "RGB"), temporal_access=False, other_times="current",
        multi_resolution=False, asks_identity=False, asks_frames_needed=False, tells_changes=False,
        missing_properties=(
            "OfxImageEffectPropFrameRange", "OfxImageEffectPropUnmappedFrameRange",
            "OfxImageEffectPropFrameRate", "OfxImageEffectInstancePropEffectDuration",
            "OfxImageEffectPropProjectSize", "OfxImageEffectPropProjectExtent",
            "OfxImageEffectPropProjectOffset", "OfxPropHostOSHandle",
            "OfxImageEffectPropSupportedContexts",
        ),
    ),
    "natron": HostOptions(
        name="fr.inria.Natron", label="Natron", version=(2, 5, 0), api_version=(1, 4), tiles=True,
        contexts=("Generator", "Filter", "General", "Transition"),
        depths=("float", "short", "byte"),
        missing_properties=("OfxImageClipPropColourspace",), names_downscaled=False,
        properties={"NatronOfxHostIsNatron": 1},
    ),
    "resolve": HostOptions(
        name="DaVinciResolve", label="DaVinci Resolve", version=(16, 0, 0), api_version=(1, 4),
        contexts=("Filter", "General", "Transition", "Generator"), components=("RGBA", "Alpha"),
        depths=("float", "short", "byte"), multi_resolution=False, connects_all=True,
        unconnected="black", withheld_suites=(),
        null_functions=(
            ("OfxMessageSuite", 2, "setPersistentMessage"),
            ("OfxMessageSuite", 2, "clearPersistentMessage"),
        ),
        missing_properties=("OfxPropHostOSHandle", "OfxImageClipPropColourspace"),
    ),
    "nuke": HostOptions(
        name="uk.co.thefoundry.nuke", label="nuke", version=(10, 0, 0), api_version=(1, 2),
        contexts=("Filter", "General"), components=("RGBA", "Alpha"), depths=("float",), tiles=True,
        missing_properties=("OfxImageClipPropColourspace",),
    ),
}  # fmt: skip


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
        """A host that behaves as `mlt`, `natron`, `resolve` or `nuke` was seen to."""
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
