# SPDX-License-Identifier: Apache-2.0
"""Checks of a host, by the log that the probe wrote in it; named as those of plug-ins are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .._report import Finding
from ..validator.check import Result, Skipped, Verdict, verdict_of
from . import asking, order, picture
from .log import Log


@dataclass(frozen=True, slots=True)
class HostCheck:
    """One thing that a log shows of a host."""

    name: str  # `category.name`
    summary: str
    run: Callable[[Log], Iterator[Finding]]


CHECKS = (
    HostCheck("scanning.suites", "mandatory suites and functions are there", asking.suites),
    HostCheck("scanning.loads", "Load comes first, Unload last, Describe between", order.loads),
    HostCheck("description.host", "the host's properties", asking.host),
    HostCheck("description.contexts", "clips and every kind of parameter are taken", asking.kinds),
    HostCheck("description.properties", "properties of instances, clips, images", asking.sets),
    HostCheck("actions.order", "actions come in an order that the standard has", order.order),
    HostCheck("actions.arguments", "every action has its arguments", asking.arguments),
    HostCheck("actions.queries", "what a host may ask is asked", order.queries),
    HostCheck("params.values", "parameters hold their defaults", asking.values),
    HostCheck("render.images", "memory, bounds, rows, kinds of images", picture.images),
    HostCheck("render.identifiers", "a UniqueIdentifier names one picture", picture.identifiers),
    HostCheck("render.neighbours", "other times give other frames", picture.neighbours),
    HostCheck("render.unconnected", "a clip without connection gives nothing", picture.unconnected),
    HostCheck("threads.suite", "the suite's threads and locks", asking.threads),
    HostCheck("threads.renders", "one render of an instance at a time", order.one_at_a_time),
    HostCheck("lifetime.instances", "what is created is destroyed, once", order.instances),
    HostCheck("lifetime.memory", "memory that is asked for", asking.memory),
)


def judged(log: Log, host: str) -> list[Result]:
    """The results of all checks."""
    return [_result(check, log, host) for check in CHECKS]


def _result(check: HostCheck, log: Log, host: str) -> Result:
    try:
        found = list(dict.fromkeys(check.run(log)))
    except Skipped as reason:
        return Result(check.name, "probe", host, Verdict.SKIPPED, reason=str(reason))
    return Result(check.name, "probe", host, verdict_of(found), findings=found)
