# SPDX-License-Identifier: Apache-2.0
"""Instances come and go: leaks, images used after their release, many at once."""

from __future__ import annotations

import resource
from pathlib import Path

from .._layout import Layout
from .._report import Severity
from .case import Case, are_equal
from .check import Check, Skipped

_CYCLES = 100  # at the recommended level
_PER_CYCLE = 2048  # bytes that memory may grow for each
_NOISE = 1 << 20


def many(case: Case) -> None:
    """Many instances at once, destroyed in another order."""
    with case.opened() as trial, trial.create() as first:
        want = trial.reference(first)[1]
        instances = [trial.create() for _ in range(case.effort(16))]
        chance = case.random
        chance.shuffle(instances)
        for instance in instances[::4]:
            if not are_equal([trial.render(instance)], [want]):
                trial.note("instances", Severity.ERROR, "instances share what they should not: one "
                           "of many renders other pixels", "Render")  # fmt: skip
        chance.shuffle(instances)
        for instance in instances:
            instance.close()
        if not are_equal([trial.render(first)], [want]):
            trial.note("instances", Severity.ERROR, "an instance renders other pixels once others "
                       "are destroyed", "Render")  # fmt: skip


def unrendered(case: Case) -> None:
    """Created and destroyed, without a render between; in each context."""
    with case.opened() as trial:
        for context in trial.contexts():
            for _ in range(4):
                trial.plugin.create(context).close()


def released(case: Case) -> None:
    """Images lie in memory of their own, which is gone once they are released."""
    layout = Layout("mapped", mapped=True)
    with case.opened(strict=False) as trial, trial.create() as instance:
        trial.reference(instance)
        for time in (0, 1, 2, 1):
            trial.render(instance, time, layout=layout)
        instance.purge_caches()


def growth(case: Case) -> None:
    """Memory over many lives of an instance."""
    with case.opened(strict=False) as trial:
        if not Path("/proc/self/statm").exists():
            raise Skipped("memory is looked at on Linux alone")
        with trial.create() as instance:
            trial.reference(instance)

        def cycle(count: int) -> int:
            for _ in range(count):
                with trial.create() as instance:
                    trial.render(instance)
            return _resident()

        count = case.effort(_CYCLES)
        cycle(count)
        begun, middle = _resident(), cycle(count)
        end = cycle(count)
        grown = min(middle - begun, end - middle)  # what is kept once is no leak
        if grown > _NOISE + count * _PER_CYCLE:
            text = f"memory grows by {grown / count / 1024:.1f} kB with each instance that is "
            trial.note("growth", Severity.WARNING, text + "created, rendered and destroyed")


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


CHECKS = (
    Check("unrendered", 2, "created and destroyed without a render", unrendered),
    Check("many", 5, "many instances, destroyed in another order", many),
    Check("released", 5, "images are not touched after their release", released),
    Check("growth", 6, "memory does not grow from instance to instance", growth),
)
