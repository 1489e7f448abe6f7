# SPDX-License-Identifier: Apache-2.0
"""Scans: the ways of hosts that look for plug-ins."""

from __future__ import annotations

from .._errors import PyOpenFXError
from .._report import Severity
from .case import Case
from .check import Check, Skipped


def loads(case: Case) -> None:
    """Open the library, load and describe."""
    with case.opened():
        pass


def reloads(case: Case) -> None:
    """Load, Unload, Load; the library stays mapped."""
    with case.opened() as trial:
        before = trial.plugin.properties
        for _ in range(3):
            trial.plugin.close()
            trial.plugin.open()
            if _told(trial.plugin.properties) != _told(before):
                text = "it describes itself otherwise when it is loaded again"
                trial.note("description-varies", Severity.ERROR, text, "Describe")


def identifiers(case: Case) -> None:
    """Identifiers are plain and told once."""
    with case.opened() as trial:
        name = trial.plugin.identifier
        if ":" in name:
            trial.note("identifier", Severity.WARNING, f"{name} holds a colon, which MLT replaces")
        if not name.isascii() or not name.isprintable() or " " in name:
            trial.note("identifier", Severity.WARNING, f"{name!r} is not plain")
        key = name, trial.plugin.version
        count = sum((each.identifier, each.version) == key for each in trial.host.plugins)
        if count > 1:
            trial.note("same-identifier", Severity.ERROR, f"{name} is there {count} times")


def without_suites(case: Case) -> None:
    """Suites that hosts need not have are missing; it may refuse, and must not fall."""
    optional = ("OfxProgressSuite", "OfxTimeLineSuite", ("OfxMessageSuite", 2))
    try:
        with case.opened(withheld_suites=optional) as trial, trial.create() as instance:
            trial.reference(instance)
    except Skipped:
        raise
    except PyOpenFXError as error:
        raise Skipped(f"it refuses a host without them: {error}") from error


def _told(properties: dict[str, list[object]]) -> dict[str, list[object]]:
    """The description; where things lie in memory may change."""
    return {name: values for name, values in properties.items() if "Interact" not in name}


CHECKS = (
    Check("loads", 1, "the library opens, every plug-in loads and describes itself", loads),
    Check("identifiers", 2, "identifiers are plain and unique", identifiers),
    Check("reloads", 3, "Load, Unload, Load; the description stays the same", reloads),
    Check("without-suites", 4, "optional suites are missing", without_suites),
)
