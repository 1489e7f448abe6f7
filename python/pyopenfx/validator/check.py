# SPDX-License-Identifier: Apache-2.0
"""Nouns of the validator: check, verdict, result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .._report import Finding, Severity

if TYPE_CHECKING:
    from .case import Case

#: What a release should pass.
RECOMMENDED = 5
LEVELS = range(1, 11)
#: What stands before the line in which a check's process answers: plug-ins print, too.
MARK = "pyopenfx-check "


class Verdict(StrEnum):
    """End of a check."""

    PASSED = "passed"
    WARNED = "warned"  # within the standard, and hosts that are known trip over it
    FAILED = "failed"
    SKIPPED = "skipped"
    CRASHED = "crashed"
    HUNG = "hung"

    @property
    def is_failure(self) -> bool:
        """Whether the plug-in is at fault."""
        return self in (Verdict.FAILED, Verdict.CRASHED, Verdict.HUNG)


class Skipped(Exception):  # noqa: N818 - nothing is wrong
    """Raised by a check that does not concern the plug-in; the text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is tried of a plug-in, in a process of its own."""

    name: str  # within its category
    level: int  # of strictness, from which on it is tried
    summary: str
    run: Callable[[Case], None]
    category: str = ""

    @property
    def full_name(self) -> str:
        """`category.name`, which `--only` and `--skip` go by."""
        return f"{self.category}.{self.name}"


@dataclass(frozen=True, slots=True)
class Result:
    """How a check of one plug-in in one host ended."""

    check: str
    plugin: str
    host: str
    verdict: Verdict
    seconds: float = 0.0
    reason: str = ""  # why it was skipped, or how the process ended
    findings: Sequence[Finding] = field(default_factory=tuple)


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """The verdict that findings come to; a note is no more than that."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Verdict.FAILED
    return Verdict.WARNED if Severity.WARNING in severities else Verdict.PASSED
