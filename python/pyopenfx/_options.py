# SPDX-License-Identifier: Apache-2.0
"""Hosts as data: what a host tells and does; known ones come from the files in `hosts`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any


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
    holds_gil: bool = False  # while the main thread's actions run, as where scripts call them
    withheld_suites: tuple[str | tuple[str, int], ...] = ()
    null_functions: tuple[tuple[str, int, str], ...] = ()  # suite, version, function
    missing_properties: tuple[str, ...] = ()  # of the host, instances, clips and images
    properties: Mapping[str, Any] = field(default_factory=dict)  # of the host, on top of the above


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWays:
    """The order in which a host does things, and the images it prefers."""

    scan: str = "keep"  # or "unload": Load, Describe, Unload, and Load again for the first node
    #: In which instance, and on which thread, a frame is rendered: "instance", the caller's own;
    #: "clone", one of the same values on a thread of the host's; "instance for each frame", on one.
    renders: str = "instance"
    negative_row_bytes: bool = True
    scale: float = 1.0
    depth: str = "float"  # of the source; what a plug-in does not take is converted
    components: str = "RGBA"


@dataclass(frozen=True, slots=True)
class KnownHost:
    """A host as it was seen, or reported, to behave."""

    options: HostOptions
    ways: HostWays


def _tables(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tables of one file, over those of the host that it is like."""
    text = files(__package__).joinpath("hosts", f"{name}.toml").read_text("utf-8")
    told = tomllib.loads(text)
    host, ways = _tables(told["like"]) if "like" in told else ({}, {})
    return host | told.get("host", {}), ways | told.get("ways", {})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def known_host(name: str) -> KnownHost:
    """The host that `hosts/NAME.toml` tells of."""
    host, ways = _tables(name)
    options = HostOptions(**{key: _frozen(value) for key, value in host.items()})
    return KnownHost(options, HostWays(**ways))


def _names() -> list[str]:
    there = files(__package__).joinpath("hosts").iterdir()
    return sorted(each.name.removesuffix(".toml") for each in there if each.name.endswith(".toml"))


#: Hosts that `Host.like` plays.
KNOWN: Mapping[str, KnownHost] = {name: known_host(name) for name in _names()}
#: What they tell and do in each action.
KNOWN_HOSTS: Mapping[str, HostOptions] = {name: known.options for name, known in KNOWN.items()}
