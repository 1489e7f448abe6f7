# SPDX-License-Identifier: Apache-2.0
"""The ways of hosts that are known: a check for each renders as it does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from .._errors import ActionError
from .._options import KNOWN
from .._report import Severity
from .case import COUNT, Case
from .check import Check


def plays(host: str, case: Case) -> None:
    """The order of actions, the instances, threads, images and gaps of a host."""
    with replace(case, host_name=host).opened() as trial:
        for context in trial.contexts():
            with trial.create(context) as instance:
                instance.clip_preferences()
                for time in (*range(COUNT), COUNT - 1):  # the last one twice, as MLT does
                    try:
                        trial.render(instance, time)
                    except ActionError as error:
                        trial.note(
                            "host", Severity.WARNING, f"context {context}: {error}", "Render"
                        )


CHECKS = tuple(
    Check(name, 5, f"renders as {known.options.label} does", partial(plays, name))
    for name, known in KNOWN.items()
)
