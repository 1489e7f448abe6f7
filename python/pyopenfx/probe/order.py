# SPDX-License-Identifier: Apache-2.0
"""The order of actions in a log, and the life of what they are about."""

from __future__ import annotations

from collections.abc import Iterator

from .._report import Finding, Severity
from .._standard import short
from ..validator.check import Skipped
from .log import Log

_EFFECT = "OfxImageEffectAction"
_WITHOUT_EFFECT = {"OfxActionLoad", "OfxActionUnload"}
_OF_DESCRIPTORS = {"OfxActionDescribe", _EFFECT + "DescribeInContext"}


def loads(log: Log) -> Iterator[Finding]:
    """Load, then Describe, and nothing after Unload but Load."""
    is_loaded = described = False
    for each in log.actions:
        name = short(each.action)
        if each.action == "OfxActionLoad":
            is_loaded, described = True, False
            continue
        if not is_loaded:
            yield Finding("not-loaded", Severity.ERROR, name, f"{name} comes where Load has not")
        if each.action == "OfxActionDescribe":
            described = True
        elif each.action == "OfxActionUnload":
            is_loaded = False
        elif not described:
            yield Finding("not-described", Severity.ERROR, name, f"{name} comes before Describe")
    if is_loaded:
        yield Finding("not-unloaded", Severity.NOTE, "", "the process ends without Unload")


def order(log: Log) -> Iterator[Finding]:
    """An instance is created, rendered within a sequence, destroyed, and then left alone."""
    alive: set[int] = set()
    in_sequence: set[int] = set()
    is_preferred = False
    for each in log.actions:
        name = short(each.action)
        if each.action in _WITHOUT_EFFECT | _OF_DESCRIPTORS:
            continue
        if each.action == "OfxActionCreateInstance":
            if each.effect in alive:
                text = f"instance {each.effect} is created twice"
                yield Finding("created-twice", Severity.ERROR, name, text)
            alive.add(each.effect)
            continue
        if each.effect not in alive:
            yield Finding("no-instance", Severity.ERROR, name, f"{name} is of no living instance")
        if each.action == "OfxActionDestroyInstance":
            alive.discard(each.effect)
        elif each.action == _EFFECT + "GetClipPreferences":
            is_preferred = True
        elif each.action == _EFFECT + "BeginSequenceRender":
            in_sequence.add(each.effect)
        elif each.action == _EFFECT + "EndSequenceRender":
            in_sequence.discard(each.effect)
        elif each.action == _EFFECT + "Render":
            if each.effect not in in_sequence:
                text = "Render comes outside of a BeginSequenceRender and its end"
                yield Finding("no-sequence", Severity.ERROR, name, text)
            if not is_preferred:
                text = "frames are rendered before anybody was asked for clip preferences"
                yield Finding("no-preferences", Severity.WARNING, name, text)


def queries(log: Log) -> Iterator[Finding]:
    """Questions that a plug-in with a window of frames needs to be asked."""
    if not any(log.named(_EFFECT + "Render")):
        raise Skipped("nothing was rendered")
    for action, severity, lost in (
        ("GetFramesNeeded", Severity.WARNING, "frames that a plug-in needs are not asked for"),
        ("GetRegionsOfInterest", Severity.NOTE, "regions of inputs are not asked for"),
        ("GetRegionOfDefinition", Severity.NOTE, "the output's region is not asked for"),
        ("IsIdentity", Severity.NOTE, "whether it changes anything is not asked"),
    ):
        if not any(log.named(_EFFECT + action)):
            yield Finding("not-asked", severity, action, f"{action} never comes: {lost}")


def one_at_a_time(log: Log) -> Iterator[Finding]:
    """The probe says that an instance renders one frame at a time."""
    renders = list(log.named(_EFFECT + "Render"))
    if not renders:
        raise Skipped("nothing was rendered")
    last: dict[int, int | None] = {}
    for each in renders:
        if each.effect in last:
            ended = last[each.effect]
            if ended is None or ended > each.begin:
                text = f"instance {each.effect} renders twice at once, and says that it cannot"
                yield Finding("at-once", Severity.ERROR, "Render", text)
        last[each.effect] = each.end
        if each.gil:
            text = "Render runs with the lock of the host's Python held"
            yield Finding("gil", Severity.WARNING, "Render", text)
    threads = {each.thread for each in renders}
    among = "one of them" if 0 in threads else "none of them"
    text = f"frames are rendered on {len(threads)} threads or more, {among} that of the scan"
    yield Finding("threads", Severity.NOTE, "Render", text)


def instances(log: Log) -> Iterator[Finding]:
    """Instances end, and no action is left open."""
    for each in log.actions:
        if each.end is None:
            yield Finding("no-end", Severity.WARNING, short(each.action),
                          "the process ended while it ran")  # fmt: skip
    made = [each.effect for each in log.named("OfxActionCreateInstance") if each.status == 0]
    gone = [each.effect for each in log.named("OfxActionDestroyInstance")]
    for effect in sorted({each for each in gone if gone.count(each) > 1}):
        yield Finding("destroyed-twice", Severity.ERROR, "DestroyInstance",
                      f"instance {effect} is destroyed twice")  # fmt: skip
    left = len(set(made) - set(gone))
    if left:
        text = f"{left} of {len(made)} instances are never destroyed"
        yield Finding("left", Severity.WARNING, "DestroyInstance", text)
