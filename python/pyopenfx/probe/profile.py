# SPDX-License-Identifier: Apache-2.0
"""The ways of the host that a log shows, in the words of the files in `pyopenfx/hosts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from .._standard import SUITES, short
from .log import Action, Log, value
from .tables import KINDS

_EFFECT = "OfxImageEffectAction"
Tables = dict[str, dict[str, Any]]


def profile_of(log: Log) -> Tables:
    """The tables `host` and `ways`; what the log does not show is left out."""
    host = {
        **_told(log),
        "withheld_suites": _withheld(log),
        "null_functions": _nulled(log),
        "missing_properties": missing_properties(log),
        **_frames(log),
        "asks_identity": any(log.named(_EFFECT + "IsIdentity")),
        "asks_frames_needed": any(log.named(_EFFECT + "GetFramesNeeded")),
        "holds_gil": any(each.gil for each in log.actions),
        **_clips(log),
    }
    return {"host": _known(host), "ways": _known(_ways(log))}


def _known(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in table.items() if each is not None}


def _one(log: Log, name: str) -> Any:
    event = next(log.events("host"), None)
    values = value(event["properties"], name) if event else None
    return values[0] if values else None


def _all(log: Log, name: str) -> list[Any] | None:
    event = next(log.events("host"), None)
    return value(event["properties"], name) if event else None


def _told(log: Log) -> dict[str, Any]:
    """Properties of the host that have a key of their own."""
    table = {
        "name": _one(log, "OfxPropName"),
        "label": _one(log, "OfxPropLabel"),
        "version": _all(log, "OfxPropVersion"),
        "api_version": _all(log, "OfxPropAPIVersion"),
    }
    for key, name in (
        ("background", "OfxImageEffectHostPropIsBackground"),
        ("multi_resolution", "OfxImageEffectPropSupportsMultiResolution"),
        ("tiles", "OfxImageEffectPropSupportsTiles"),
        ("temporal_access", "OfxImageEffectPropTemporalClipAccess"),
    ):
        told = _one(log, name)
        table[key] = None if told is None else bool(told)
    for key, name in (
        ("contexts", "OfxImageEffectPropSupportedContexts"),
        ("components", "OfxImageEffectPropSupportedComponents"),
        ("depths", "OfxImageEffectPropSupportedPixelDepths"),
    ):
        texts = _all(log, name)
        names = None if texts is None else [short(each) for each in texts]
        table[key] = [each.lower() for each in names or ()] if key == "depths" else names
        table[key] = table[key] or None
    return table


def _withheld(log: Log) -> list[list[Any]]:
    event: dict[str, Any] = next(log.events("host"), {"suites": []})
    there = {(name, version) for name, version, _ in event["suites"]}
    return [list(suite) for suite in SUITES if suite not in there]


def _nulled(log: Log) -> list[list[Any]]:
    event: dict[str, Any] = next(log.events("host"), {"suites": []})
    return [
        [name, version, SUITES[name, version][index]]
        for name, version, missing in event["suites"]
        for index in missing
    ]


def property_sets(log: Log) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each set that was read whole, with its kind."""
    for event in log.events("host"):
        yield "Host", event["properties"]
    for event in log.events("instance"):
        if isinstance(event["properties"], dict):
            yield "Instance", event["properties"]
        yield from (("Clip", each) for each in event["clips"].values() if isinstance(each, dict))
    for event in log.events("image"):
        if "properties" in event:
            yield "Image", event["properties"]


def missing_properties(log: Log) -> list[str]:
    """Properties that no set of a kind had; hosts may answer for those with no values."""
    had: dict[str, set[str]] = {}
    for kind, told in property_sets(log):
        had.setdefault(kind, set()).update(
            name for name, _, dimension, _ in KINDS[kind] if _is_there(told, name, dimension)
        )
    return sorted(
        {rule[0] for kind, names in had.items() for rule in KINDS[kind] if rule[0] not in names}
    )


def _is_there(told: Mapping[str, Any], name: str, dimension: int) -> bool:
    values = value(told, name)
    return bool(values) or (values is not None and dimension == 0)


def sources(log: Log) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """For each render the source's image at its time, and those at other times."""
    for render in log.named(_EFFECT + "Render"):
        images = [each for each in render.of("image") if each["clip"] == "Source"]
        there = [each for each in images if "properties" in each]
        now = [each for each in there if each["asked"] == each["time"]]
        if now:
            yield now[0], [each for each in there if each["asked"] != each["time"]]


def _frames(log: Log) -> dict[str, Any]:
    pairs = list(sources(log))
    beside = [(now, each) for now, others in pairs for each in others]
    named: dict[str, set[str]] = {}
    is_scaled = False
    for now, others in pairs:
        scale = value(now["properties"], "OfxImageEffectPropRenderScale") or [1.0]
        is_scaled = is_scaled or scale[0] < 1
        for each in (now, *others) if scale[0] < 1 else ():
            name = value(each["properties"], "OfxImagePropUniqueIdentifier")
            named.setdefault(name[0] if name else "", set()).add(each["digest"])
    same = [_address(now) == _address(other) for now, other in beside]
    return {
        "other_times": ("current" if all(same) else "frames") if same else None,
        "names_downscaled": all(len(each) == 1 for each in named.values()) if is_scaled else None,
    }


def _address(image: Mapping[str, Any]) -> Any:
    return value(image["properties"], "OfxImagePropData")


def _clips(log: Log) -> dict[str, Any]:
    """What the mask shows, to which nothing is to be connected."""
    masks = [event["clips"].get("Mask") for event in log.events("instance")]
    told = [value(each, "OfxImageClipPropConnected") for each in masks if isinstance(each, dict)]
    images = [each for each in log.events("image") if each["clip"] == "Mask"]
    return {
        "connects_all": any(each == [1] for each in told) if told else None,
        "unconnected": None
        if not images
        else "black"
        if any(map(has_pixels, images))
        else "nothing",
    }


def has_pixels(image: Mapping[str, Any]) -> bool:
    """Whether an image was given, and not an empty set in its place."""
    return bool(value(image.get("properties"), "OfxImagePropData"))


def _ways(log: Log) -> dict[str, Any]:
    images = [now["properties"] for now, _ in sources(log)]
    first = images[0] if images else None
    rows = value(first, "OfxImagePropRowBytes")
    scale = value(first, "OfxImageEffectPropRenderScale")
    depth = value(first, "OfxImageEffectPropPixelDepth")
    components = value(first, "OfxImageEffectPropComponents")
    return {
        "scan": _scan(log),
        "renders": _renders(log),
        "negative_row_bytes": rows[0] < 0 if rows else None,
        "scale": float(scale[0]) if scale else None,
        "depth": short(depth[0]).lower() if depth else None,
        "components": short(components[0]) if components else None,
    }


def _scan(log: Log) -> str | None:
    names = [each.action for each in log.actions]
    if "OfxActionCreateInstance" not in names:
        return None
    return (
        "unload" if "OfxActionUnload" in names[: names.index("OfxActionCreateInstance")] else "keep"
    )


def _renders(log: Log) -> str | None:
    """In which instance a frame is rendered."""
    renders = list(log.named(_EFFECT + "Render"))
    if not renders:
        return None
    made = {each.effect: each for each in log.named("OfxActionCreateInstance")}
    if all(_is_at_home(each, made) for each in renders):
        return "instance"
    by_effect = groupby(sorted(renders, key=lambda each: each.effect), key=lambda each: each.effect)
    counts = [len(list(group)) for _, group in by_effect]
    return "instance for each frame" if max(counts) == 1 and len(counts) > 1 else "clone"


def _is_at_home(render: Action, made: Mapping[int, Action]) -> bool:
    """Whether a frame is rendered in an instance that the thread of the scan made."""
    creation = made.get(render.effect)
    return creation is None or creation.thread == 0


def as_toml(tables: Tables) -> str:
    """The tables as such a file has them."""
    lines = []
    for name, table in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(each)}" for key, each in table.items()]
        lines.append("")
    return "\n".join(lines)


def _toml(told: Any) -> str:
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, (list, tuple)):
        return "[" + ", ".join(map(_toml, told)) + "]"
    if isinstance(told, str):
        return '"' + told.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(told)
