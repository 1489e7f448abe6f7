# SPDX-License-Identifier: Apache-2.0
"""Results as lines for people, as JSON, and as JUnit's XML for CI."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from xml.etree import ElementTree

from .check import Result, Verdict

#: Characters that no XML may hold.
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32)), "�")


def line(result: Result) -> str:
    """One result, with what was found below it."""
    where = result.plugin + ("" if result.host == "standard" else f" in {result.host}")
    lines = [f"{result.verdict.upper():8}{result.check:26}{where}  {result.seconds:.1f} s"]
    if result.reason:
        lines.append(f"        {result.reason}")
    lines += [f"        {finding}" for finding in result.findings]
    return "\n".join(lines)


def summary(results: Sequence[Result]) -> str:
    """How many ended how."""
    counted = Counter(result.verdict for result in results)
    return ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict if counted[verdict])


def as_json(results: Sequence[Result], about: dict[str, object]) -> str:
    """All of it; `about` says what was tried and how."""
    counted = Counter(str(result.verdict) for result in results)
    told = {**about, "summary": counted, "results": [asdict(result) for result in results]}
    return json.dumps(told, indent=2)


def as_junit(results: Sequence[Result], name: str) -> str:
    """A test suite for each plug-in and host."""
    root = ElementTree.Element("testsuites", name=name)
    suites: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        suites.setdefault((result.plugin, result.host), []).append(result)
    for (plugin, host), members in suites.items():
        failures = sum(result.verdict is Verdict.FAILED for result in members)
        suite = ElementTree.SubElement(
            root, "testsuite", name=f"{plugin} in {host}", tests=str(len(members)),
            failures=str(failures), time=f"{sum(result.seconds for result in members):.3f}",
            errors=str(sum(result.verdict.is_failure for result in members) - failures),
            skipped=str(sum(result.verdict is Verdict.SKIPPED for result in members)),
        )  # fmt: skip
        for result in members:
            _case(suite, result)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, result: Result) -> None:
    category, _, name = result.check.partition(".")
    case = ElementTree.SubElement(
        suite, "testcase", classname=f"{result.plugin}.{category}", name=name,
        time=f"{result.seconds:.3f}",
    )  # fmt: skip
    text = "\n".join([result.reason, *map(str, result.findings)]).strip().translate(_FORBIDDEN)
    kind = {
        Verdict.FAILED: "failure", Verdict.CRASHED: "error", Verdict.HUNG: "error",
        Verdict.SKIPPED: "skipped", Verdict.WARNED: "system-out",
    }.get(result.verdict)  # fmt: skip
    if kind:
        element = ElementTree.SubElement(case, kind)
        element.text = text
        if kind != "system-out":
            element.set("message", text.partition("\n")[0])
