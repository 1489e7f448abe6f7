# SPDX-License-Identifier: Apache-2.0
"""Parameters: every legal value, and keyframes."""

from __future__ import annotations

from .._errors import ParamError, PyOpenFXError
from .._instance import Instance
from .._report import Severity
from .case import COUNT, Case, Trial
from .check import Check
from .values import UNTRIED, any_of, extremes


def values(case: Case) -> None:
    """Each parameter at its least, greatest and default value."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for name, param in instance.params.items():
            about = param.describe()
            default = param.value if about.type not in UNTRIED else None
            for value in extremes(about):
                _try(trial, instance, name, value)
            if default is not None:
                param.set(default)


def at_once(case: Case) -> None:
    """All parameters at values by chance."""
    chance = case.random
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for _ in range(case.effort(8)):
            for name, param in instance.params.items():
                value = any_of(param.describe(), chance)
                if value is not None:
                    _set(trial, instance, name, value)
            _render(trial, instance, "values by chance")


def keyframes(case: Case) -> None:
    """Each parameter that animates, keyed at both ends."""
    with case.opened() as trial, trial.create() as instance:
        trial.reference(instance)
        for name, param in instance.params.items():
            ends = extremes(param.describe())[-2:]
            if len(ends) < 2 or not param.describe().animates:
                continue
            try:
                for time, value in zip((0, COUNT - 1), ends, strict=True):
                    param.set_key(time, value)
            except ParamError:  # what is shown is wider than what is allowed
                continue
            _render(trial, instance, f"{name} keyed from {ends[0]!r} to {ends[1]!r}")
            param.delete_keys()


def _try(trial: Trial, instance: Instance, name: str, value: object) -> None:
    if _set(trial, instance, name, value):
        _render(trial, instance, f"{name} = {value!r}")


def _set(trial: Trial, instance: Instance, name: str, value: object) -> bool:
    try:
        instance.params[name].set(value)
    except ParamError:  # a range that the plug-in changed meanwhile
        return False
    except PyOpenFXError as error:
        trial.note("param-value", Severity.ERROR, f"{name} = {value!r}: {error}", "InstanceChanged")
        return False
    return True


def _render(trial: Trial, instance: Instance, what: str) -> None:
    try:
        trial.render(instance)
    except PyOpenFXError as error:
        trial.note("param-value", Severity.WARNING, f"{what}: {error}", "Render")


CHECKS = (
    Check("values", 3, "renders at the least and greatest value of each parameter", values),
    Check("keyframes", 4, "renders with each parameter keyed", keyframes),
    Check("at-once", 6, "renders with all parameters at values by chance", at_once),
)
