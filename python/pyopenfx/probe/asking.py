# SPDX-License-Identifier: Apache-2.0
"""What a host answered: suites, properties, arguments, values, memory and threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._properties import Rule
from .._report import Finding, Severity
from .._standard import SUITES, short, status_name
from ..validator.check import Skipped
from .log import Log, Properties
from .profile import missing_properties, property_sets
from .tables import ARGUMENTS, KINDS

#: Suites that every host has had since OpenFX 1.2, and those that it may lack.
_OPTIONAL = {("OfxMessageSuite", 2), ("OfxProgressSuite", 1), ("OfxProgressSuite", 2),
             ("OfxTimeLineSuite", 1)}  # fmt: skip
_UNKNOWN = 3  # kOfxStatErrUnknown
#: What a plug-in cannot do without.
_NEEDED = {
    "Host": {"OfxPropName", "OfxPropVersion", "OfxImageEffectPropSupportedComponents",
             "OfxImageEffectPropSupportedPixelDepths", "OfxImageEffectPropSupportedContexts"},
    "Instance": {"OfxImageEffectPropContext", "OfxPropInstanceData"},
    "Clip": {"OfxImageClipPropConnected", "OfxImageEffectPropComponents",
             "OfxImageEffectPropPixelDepth"},
    "Image": {"OfxImagePropData", "OfxImagePropRowBytes", "OfxImagePropBounds",
              "OfxImageEffectPropComponents", "OfxImageEffectPropPixelDepth",
              "OfxImageEffectPropRenderScale"},
}  # fmt: skip
_TYPES = {"i": "int", "d": "double", "s": "string", "p": "pointer"}
_LATER_PARAMS = {"OfxParamTypeStrChoice", "OfxParamTypeCustom"}


def suites(log: Log) -> Iterator[Finding]:
    """Suites and functions that are missing."""
    event = next(log.events("host"), None)
    if event is None:
        raise Skipped("Load never came")
    there = {(name, version): missing for name, version, missing in event["suites"]}
    for suite, functions in SUITES.items():
        name = f"{suite[0]} {suite[1]}"
        if suite not in there:
            severity = Severity.NOTE if suite in _OPTIONAL else Severity.ERROR
            yield Finding("no-suite", severity, "", f"there is no {name}")
        for index in there.get(suite, []):
            text = f"{functions[index]} of {name} is null"
            yield Finding("null-function", Severity.ERROR, "", text)
    yield Finding("python", Severity.NOTE, "", {
        "none": "no Python is in the process",
        "loaded": "a Python is loaded, and not started or not to be seen",
        "running": "a Python is running in the process",
    }[event["python"]])  # fmt: skip


def host(log: Log) -> Iterator[Finding]:
    """The host's own properties."""
    yield from _judged(log, ("Host",))


def sets(log: Log) -> Iterator[Finding]:
    """The properties of instances, clips and images."""
    if not any(log.events("instance")):
        raise Skipped("no instance was created")
    yield from _judged(log, ("Instance", "Clip", "Image"))


def _judged(log: Log, kinds: tuple[str, ...]) -> Iterator[Finding]:
    missing = set(missing_properties(log))
    for kind, told in property_sets(log):
        if kind not in kinds:
            continue
        for rule in KINDS[kind]:
            answer = told.get(rule[0], _UNKNOWN)
            if isinstance(answer, list) and (answer[1] or rule[0] not in missing):
                yield from _fits(kind, rule, answer)
            elif rule[0] in missing:
                severity = Severity.ERROR if rule[0] in _NEEDED[kind] else Severity.NOTE
                yield Finding("no-property", severity, "", f"{rule[0]} of {kind} is not there")
                if answer != _UNKNOWN:
                    how = "no values" if isinstance(answer, list) else status_name(answer)
                    text = f"{rule[0]} of {kind}, which is not there, is answered with {how}"
                    yield Finding("status", Severity.WARNING, "", text)


def _fits(where: str, rule: Rule, answer: list[Any]) -> Iterator[Finding]:
    name, kind, dimension, _ = rule
    found, values = _TYPES[answer[0]], answer[1]
    if found != kind:
        yield Finding("property-type", Severity.ERROR, "", f"{name} of {where} is {found}; "
                      f"it is {kind} in the standard")  # fmt: skip
    if dimension and len(values) != dimension:
        yield Finding("property-dimension", Severity.WARNING, "", f"{name} of {where} has "
                      f"dimension {len(values)}; it has {dimension} in the standard")  # fmt: skip


def arguments(log: Log) -> Iterator[Finding]:
    """Arguments that an action lacks, or that are of another kind."""
    for each in log.actions:
        inputs, outputs = ARGUMENTS.get(each.action, ((), ()))
        yield from _there(each.action, "in", inputs, each.inputs)
        yield from _there(each.action, "out", outputs, each.outputs)


def _there(
    action: str, side: str, rules: tuple[Rule, ...], told: Properties | None
) -> Iterator[Finding]:
    name = short(action)
    if rules and told is None:
        yield Finding("no-arguments", Severity.ERROR, name, f"it has no arguments {side}")
        return
    for rule in rules:
        answer = (told or {}).get(rule[0])
        if isinstance(answer, list):
            yield from _fits(f"the arguments {side} of {name}", rule, answer)
        else:
            yield Finding("no-argument", Severity.WARNING, name, f"{rule[0]} is not {side} it")


def kinds(log: Log) -> Iterator[Finding]:
    """Clips and parameters that cannot be defined."""
    told = list(log.events("described"))
    if not told:
        raise Skipped("DescribeInContext never came")
    for event in told:
        for clip, status in event["clips"]:
            if status:
                text = f"clip {clip} cannot be defined in {event['context']}: {status_name(status)}"
                yield Finding("clip", Severity.ERROR, "DescribeInContext", text)
        for kind, status in event["params"]:
            if status:
                severity = Severity.NOTE if kind in _LATER_PARAMS else Severity.ERROR
                text = f"a parameter of kind {short(kind)} cannot be defined: {status_name(status)}"
                yield Finding("param", severity, "DescribeInContext", text)


def values(log: Log) -> Iterator[Finding]:
    """Defaults that do not come back; nobody is to change the probe's parameters."""
    events = list(log.events("instance"))
    if not events:
        raise Skipped("no instance was created")
    for event in events:
        for kind, told in event["values"].items():
            name = short(kind)
            if told[0]:
                text = f"the parameter of kind {name} is not there: {status_name(told[0])}"
                yield Finding("param", Severity.NOTE, "", text)
            elif told[1]:
                text = f"the value of kind {name} cannot be read: {status_name(told[1])}"
                yield Finding("param", Severity.WARNING, "", text)
            elif any(have != want for have, want in zip(told[2], told[3], strict=True)):
                text = f"the value of kind {name} is {told[2]}; its default is {told[3]}"
                yield Finding("value", Severity.WARNING, "", text)


def memory(log: Log) -> Iterator[Finding]:
    """Memory of both suites."""
    for name, answer in _services(log)["memory"].items():
        if name == "aligned" and not answer:
            text = "memory is not aligned as that of malloc is"
            yield Finding("aligned", Severity.WARNING, "", text)
        elif name != "aligned" and answer:
            yield Finding("memory", Severity.ERROR, "", f"{name} answers {status_name(answer)}")


def threads(log: Log) -> Iterator[Finding]:
    """Slices that were run, their numbers, and locks."""
    told = _services(log)["threads"]
    if told is None:
        raise Skipped("there is no multi-thread suite")
    status, count = told["numCPUs"]
    if status or count < 1:
        text = f"multiThreadNumCPUs answers {status_name(status)} and {count}"
        yield Finding("cpus", Severity.ERROR, "", text)
    if told["status"]:
        text = f"multiThread answers {status_name(told['status'])}"
        yield Finding("threads", Severity.ERROR, "", text)
    slices = told["slices"]
    if slices and sorted(each[0] for each in slices) != list(range(slices[0][1])):
        text = f"multiThread runs the slices {sorted(each[0] for each in slices)}"
        yield Finding("slices", Severity.ERROR, "", text)
    if any(each[2] != each[0] for each in slices if not each[3]):
        yield Finding("index", Severity.WARNING, "", "multiThreadIndex is not that of the slice")
    for function, answer in zip(
        ("mutexCreate", "mutexLock", "mutexUnLock", "mutexTryLock", "mutexUnLock", "mutexDestroy"),
        told["mutex"], strict=False,
    ):  # fmt: skip
        if answer:
            yield Finding("mutex", Severity.ERROR, "", f"{function} answers {status_name(answer)}")


def _services(log: Log) -> dict[str, Any]:
    event = next(log.events("services"), None)
    if event is None:
        raise Skipped("nothing was rendered")
    return event
