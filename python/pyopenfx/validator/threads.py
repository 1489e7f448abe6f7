# SPDX-License-Identifier: Apache-2.0
"""Renders at once, as far as the plug-in says that it stands them."""

from __future__ import annotations

import threading

from .._errors import PyOpenFXError
from .._instance import Instance
from .._layout import Array
from .._report import Severity
from .case import COUNT, Case, Trial, are_equal
from .check import Check, Skipped

_SAFETY = "OfxImageEffectPluginRenderThreadSafety"


def instances(case: Case) -> None:
    """One thread for each instance."""
    with case.opened() as trial:
        if trial.plugin.properties[_SAFETY] == ["OfxImageEffectRenderUnsafe"]:
            raise Skipped("it says that renders are unsafe")
        with trial.create() as first:
            want = trial.reference(first)
            others = [trial.create() for _ in range(3)]
            _at_once(trial, [first, *others], want)
            for other in others:
                other.close()


def one_instance(case: Case) -> None:
    """Several threads for one instance."""
    with case.opened() as trial:
        if trial.plugin.properties[_SAFETY] != ["OfxImageEffectRenderFullySafe"]:
            raise Skipped("it does not say that renders of one instance are safe")
        with trial.create() as instance:
            _at_once(trial, [instance] * 4, trial.reference(instance))


def queries(case: Case) -> None:
    """Questions on one thread while another renders, as a person at the host causes them."""
    with case.opened() as trial, trial.create() as instance, trial.create() as other:
        want = trial.reference(instance)
        if trial.plugin.properties[_SAFETY] == ["OfxImageEffectRenderUnsafe"]:
            raise Skipped("it says that renders are unsafe")
        asking = threading.Event()

        def ask() -> None:
            while not asking.is_set():
                other.region_of_definition(1)
                other.frames_needed(1)
                other.clip_preferences()

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            _at_once(trial, [instance], want)
        finally:
            asking.set()
            thread.join()


def _at_once(trial: Trial, instances: list[Instance], want: list[Array]) -> None:
    wrong: set[str] = set()

    def work(instance: Instance) -> None:
        try:
            for time in (*range(COUNT), *reversed(range(COUNT))):
                if not are_equal([trial.render(instance, time)], [want[time]]):
                    wrong.add(f"frame {time} has other pixels when others render at once")
        except PyOpenFXError as error:
            wrong.add(f"it fails when others render at once: {error}")

    threads = [threading.Thread(target=work, args=(each,)) for each in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text in sorted(wrong):
        trial.note("threads", Severity.ERROR, text, "Render")


CHECKS = (
    Check("instances", 4, "one thread for each of four instances", instances),
    Check("one-instance", 5, "four threads for one instance", one_instance),
    Check("queries", 5, "questions to one instance while another renders", queries),
)
