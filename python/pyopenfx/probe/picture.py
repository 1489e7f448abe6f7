# SPDX-License-Identifier: Apache-2.0
"""The images that a host handed out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._layout import COMPONENTS
from .._report import Finding, Severity
from .._standard import short
from ..validator.check import Skipped
from .log import Log, value
from .profile import has_pixels, sources

_BYTES = {"Byte": 1, "Short": 2, "Half": 2, "Float": 4}


def images(log: Log) -> Iterator[Finding]:
    """Bounds, rows, kinds and scale of every image."""
    renders = list(log.named("OfxImageEffectActionRender"))
    if not renders:
        raise Skipped("nothing was rendered")
    for render in renders:
        scale = value(render.inputs, "OfxImageEffectPropRenderScale")
        window = value(render.inputs, "OfxImageEffectPropRenderWindow")
        for image in render.of("image"):
            if image["clip"] == "Output" and image["status"]:
                yield Finding("no-output", Severity.ERROR, "Render", "there is no output image")
            if "properties" not in image:
                continue
            yield from _sound(image["clip"], image["properties"])
            its = value(image["properties"], "OfxImageEffectPropRenderScale")
            if its and scale and its != scale:
                text = f"an image of {image['clip']} has the render scale {its}, the action {scale}"
                yield Finding("scale", Severity.WARNING, "Render", text)
            bounds = value(image["properties"], "OfxImagePropBounds")
            if image["clip"] == "Output" and bounds and window and not _holds(bounds, window):
                text = f"the output's bounds {bounds} do not hold the render window {window}"
                yield Finding("window", Severity.ERROR, "Render", text)
        for event in render.of("released"):
            if any(event["statuses"]):
                text = "clipReleaseImage does not take an image back"
                yield Finding("release", Severity.ERROR, "Render", text)


def _sound(clip: str, told: Mapping[str, Any]) -> Iterator[Finding]:
    data = value(told, "OfxImagePropData")
    bounds, rows = value(told, "OfxImagePropBounds"), value(told, "OfxImagePropRowBytes")
    depth, kind = (
        value(told, "OfxImageEffectPropPixelDepth"),
        value(told, "OfxImageEffectPropComponents"),
    )
    if not (data and bounds and len(bounds) == 4 and rows and depth and kind):
        return  # description.properties tells of it
    size = _BYTES.get(short(depth[0]), 0) * COMPONENTS.get(short(kind[0]), 0)
    width = bounds[2] - bounds[0]
    if not size:
        text = f"an image of {clip} is {kind[0]} of {depth[0]}, which the probe did not offer"
        yield Finding("kind", Severity.ERROR, "Render", text)
    if data[0] == 0:
        yield Finding("no-data", Severity.ERROR, "Render", f"an image of {clip} has no pixels")
    if width <= 0 or bounds[3] <= bounds[1]:
        yield Finding("empty", Severity.ERROR, "Render", f"an image of {clip} has bounds {bounds}")
    elif abs(rows[0]) < width * size:
        text = f"rows of an image of {clip} have {rows[0]} bytes; their pixels need {width * size}"
        yield Finding("row-bytes", Severity.ERROR, "Render", text)


def _holds(outer: list[int], inner: list[int]) -> bool:
    return len(outer) == len(inner) == 4 and (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )


def identifiers(log: Log) -> Iterator[Finding]:
    """Names that different pictures bear."""
    named: dict[str, set[str]] = {}
    for now, others in sources(log):
        for image in (now, *others):
            name = value(image["properties"], "OfxImagePropUniqueIdentifier")
            if name and image["digest"]:
                named.setdefault(name[0], set()).add(image["digest"])
    if not named:
        raise Skipped("no image has a name and pixels")
    shared = [name for name, digests in named.items() if len(digests) > 1]
    if shared:
        text = f"{len(shared)} of {len(named)} UniqueIdentifiers are borne by different pictures"
        yield Finding("identifier", Severity.WARNING, "Render", text)


def neighbours(log: Log) -> Iterator[Finding]:
    """Frames before and after, where the host claims temporal access."""
    event = next(log.events("host"), None)
    told = value(event["properties"], "OfxImageEffectPropTemporalClipAccess") if event else None
    pairs = [(now, each) for now, others in sources(log) for each in others]
    if not pairs:
        raise Skipped("no frame has a neighbour")
    same = [
        value(now["properties"], "OfxImagePropData")
        == value(each["properties"], "OfxImagePropData")
        for now, each in pairs
    ]
    if all(same):
        claims = told == [1]
        severity = Severity.ERROR if claims else Severity.WARNING
        text = "every other time is answered with the current frame's image"
        yield Finding("current", severity, "Render", text)


def unconnected(log: Log) -> Iterator[Finding]:
    """The mask: nothing is to be connected to it."""
    images = [each for each in log.events("image") if each["clip"] == "Mask"]
    if not images:
        raise Skipped("nothing was rendered")
    there = [each for each in images if each["status"] == 0]
    masks = [event["clips"].get("Mask") for event in log.events("instance")]
    claims = any(
        value(each, "OfxImageClipPropConnected") == [1] for each in masks if isinstance(each, dict)
    )
    if there or claims:
        empty = "gives images without pixels" if there else "gives none"
        gives = "gives images" if any(map(has_pixels, there)) else empty
        text = f"clip Mask claims {'' if claims else 'not '}to be connected, and {gives}"
        yield Finding("unconnected", Severity.WARNING, "", text)
