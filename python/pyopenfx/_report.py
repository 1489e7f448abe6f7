# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from . import _core
from ._standard import short


class Severity(StrEnum):
    """How bad a finding is: an error breaks the standard, a warning breaks hosts that are known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a plug-in did wrong."""

    rule: str
    severity: Severity
    action: str
    message: str

    def __str__(self) -> str:
        where = f" in {self.action}" if self.action else ""
        return f"{self.severity}: {self.rule}{where}: {self.message}"


def from_core(finding: _core.Finding) -> Finding:
    """The public form of what the core noted."""
    severity = Severity[finding.severity.name]
    return Finding(finding.rule, severity, short(finding.action), finding.message)


def to_core(finding: Finding) -> _core.Finding:
    """The core's form of a finding made in Python."""
    severity = getattr(_core.Severity, finding.severity.name)
    return _core.Finding(finding.rule, severity, finding.action, finding.message)
