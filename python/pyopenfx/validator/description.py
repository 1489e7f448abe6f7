# SPDX-License-Identifier: Apache-2.0
"""Descriptions: of the plug-in, its clips and its parameters."""

from __future__ import annotations

from dataclasses import replace

from .._options import KNOWN
from .._plugin import Description
from .._report import Severity
from .case import CONTEXTS, Case
from .check import Check, Skipped
from .definitions import judge, read_definitions


def contexts(case: Case) -> None:
    """Describe in every context that is known."""
    with case.opened() as trial:
        for context in trial.contexts():
            trial.plugin.describe(context)


def same_again(case: Case) -> None:
    """The same description each time."""
    with case.opened() as trial:
        for context in trial.contexts():
            before = trial.plugin.describe(context)
            trial.plugin.close()
            trial.plugin.open()
            after = trial.plugin.describe(context)
            if (before.params, before.clips) != (after.params, after.clips):
                trial.note("description-varies", Severity.ERROR,
                           f"context {context} is described otherwise after a reload",
                           "DescribeInContext")  # fmt: skip


def in_hosts(case: Case) -> None:
    """Each known host gets a description, of the same parameters."""
    with case.opened() as trial:
        wanted = {context: _names(trial.plugin.describe(context)) for context in trial.contexts()}
    for name in KNOWN:
        try:
            with replace(case, host_name=name).opened() as trial:
                for context in wanted.keys() & set(trial.contexts()):
                    differing = _names(trial.plugin.describe(context)) ^ wanted[context]
                    if differing:
                        names = ", ".join(sorted(differing))
                        text = f"in {name}, context {context} has or lacks {names}"
                        trial.note("params-vary", Severity.NOTE, text, "DescribeInContext")
        except Skipped:
            continue


def _names(description: Description) -> set[str]:
    return {param.name for param in description.params}


def properties(case: Case) -> None:
    """Types and dimensions of all that it reads and writes, by the ASWF headers."""
    if case.headers is None:
        raise Skipped("say --headers with the folder of the ASWF headers")
    definitions = read_definitions(case.headers)
    with case.opened() as trial:
        for context in trial.contexts():
            with trial.create(context) as instance:
                trial.reference(instance)
        for access in trial.host.accesses:
            judge(definitions, access, trial.note)


def known_contexts(case: Case) -> None:
    """Contexts that no standard knows."""
    with case.opened() as trial:
        for context in trial.plugin.contexts:
            if context not in (*CONTEXTS, "Paint") and context not in ("Reader", "Writer"):
                trial.note("unknown-context", Severity.WARNING, f"context {context} is unknown")


CHECKS = (
    Check("contexts", 1, "each context is described: clips, parameters, ranges, hints", contexts),
    Check("known-contexts", 2, "contexts are those of the standard", known_contexts),
    Check("same-again", 3, "the description is the same after a reload", same_again),
    Check("properties", 3, "properties have the types and dimensions of the ASWF headers",
          properties),
    Check("in-hosts", 5, "each known host gets a description", in_hosts),
)  # fmt: skip
