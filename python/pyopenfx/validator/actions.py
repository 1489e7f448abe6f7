# SPDX-License-Identifier: Apache-2.0
"""Every action, its status and its answer."""

from __future__ import annotations

from .._errors import PyOpenFXError
from .._report import Severity
from .._standard import STATUSES
from .case import COUNT, SIZE, Case
from .check import Check, Skipped


def queries(case: Case) -> None:
    """Regions, frames needed, identity and preferences, in each context and at each end."""
    with case.opened() as trial:
        for context in trial.contexts():
            with trial.create(context) as instance:
                for time in (0, 1, COUNT - 1):
                    x1, y1, x2, y2 = instance.region_of_definition(time)
                    if x2 < x1 or y2 < y1:
                        text = f"the region of definition at {time} is {(x1, y1, x2, y2)}"
                        trial.note("region", Severity.ERROR, text, "GetRegionOfDefinition")
                    instance.regions_of_interest(time)
                    instance.frames_needed(time)
                    same = instance.is_identity(time)
                    if same is not None and same[0] not in instance.clips:
                        text = (
                            f"at {time} it is identical with clip {same[0]!r}, which is not there"
                        )
                        trial.note("identity", Severity.ERROR, text, "IsIdentity")
                instance.clip_preferences()


def life(case: Case) -> None:
    """The actions of an instance's life, in each context."""
    with case.opened() as trial:
        for context in trial.contexts():
            with trial.create(context) as instance:
                instance.sync_private_data()
                instance.purge_caches()
                trial.reference(instance)
                instance.purge_caches()
                instance.sync_private_data()


def unconnected(case: Case) -> None:
    """An instance to which nothing is connected: asked, and rendered where it will."""
    with case.opened() as trial:
        for context in trial.contexts():
            with trial.plugin.create(context) as instance:
                try:
                    instance.clip_preferences()
                    instance.region_of_definition(0)
                    trial.render(instance, 0)
                except PyOpenFXError as error:
                    trial.note("unconnected", Severity.NOTE, str(error))


def buttons(case: Case) -> None:
    """Push buttons pressed."""
    with case.opened() as trial, trial.create() as instance:
        names = [name for name, param in instance.params.items()
                 if param.type == "OfxParamTypePushButton"]  # fmt: skip
        if not names:
            raise Skipped("it has no push button")
        for name in names:
            try:
                instance.push(name)
            except PyOpenFXError as error:
                trial.note("button", Severity.WARNING, f"{name}: {error}", "InstanceChanged")


def unknown(case: Case) -> None:
    """An action that no standard knows."""
    with case.opened() as trial:
        status = trial.plugin.answer("OfxActionOfNoKind")
        if status not in STATUSES["OfxActionPurgeCaches"]:
            text = f"an action that it cannot know is answered with {status}, not ReplyDefault"
            trial.note("unknown-action", Severity.WARNING, text)


def identity(case: Case) -> None:
    """A frame that is said to be identical with the source is."""
    with case.opened() as trial, trial.create() as instance:
        if "Source" not in instance.clips or not instance.clips["Source"].is_connected:
            raise Skipped("it has no source")
        same = instance.is_identity(1)
        if same is None or same[0] != "Source" or case.ways.scale != 1.0:
            raise Skipped("it changes the source as it comes")
        got = trial.render(instance)
        source = instance.clips["Source"].connection
        want = None if source is None else source.frame(same[1])
        if want is None or got.shape[:2] != SIZE or got.dtype != want.dtype:
            raise Skipped("it renders into another depth or size")
        if got.shape == want.shape and abs(got.astype(float) - want.astype(float)).max() > 1e-3:
            trial.note("identity", Severity.WARNING, "it says that it is identical with the source "
                       "and renders other pixels", "IsIdentity")  # fmt: skip


CHECKS = (
    Check("queries", 1, "regions, frames needed, identity, preferences", queries),
    Check("life", 1, "create, synchronise, purge, render, destroy", life),
    Check("unconnected", 3, "nothing is connected", unconnected),
    Check("unknown", 2, "an action that no standard knows", unknown),
    Check("buttons", 4, "push buttons are pressed", buttons),
    Check("identity", 4, "an identity is one", identity),
)
