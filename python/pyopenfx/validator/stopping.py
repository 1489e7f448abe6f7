# SPDX-License-Identifier: Apache-2.0
"""The host aborts: at every point at which the plug-in asks."""

from __future__ import annotations

from .._errors import ActionError, PyOpenFXError
from .._instance import Instance
from .._layout import Array
from .._render import RenderAborted
from .._report import Severity
from .case import Case, Trial, are_equal
from .check import Check, Skipped

_MOST = 10_000  # questions of one frame


def every_point(case: Case) -> None:
    """Abort at the first question, at the second, and so on; a full render follows each."""
    with case.opened() as trial, trial.create() as instance:
        want = trial.reference(instance)[1]
        points = _points(instance)
        if not points:
            raise Skipped("it never asks whether to stop")
        tried = case.effort(24)
        step = max(1, points // tried)
        for point in range(0, points, step):
            _abort(trial, instance, point, want)


def before(case: Case) -> None:
    """The host wants no frame from the start."""
    with case.opened() as trial, trial.create() as instance:
        want = trial.reference(instance)[1]
        _abort(trial, instance, 0, want)


def _points(instance: Instance) -> int:
    """How often it asks while it renders one frame: found by halving."""
    low, high = 0, 1
    while high < _MOST and _stops(instance, high - 1):
        low, high = high, high * 2
    while low < high - 1:
        middle = (low + high) // 2
        if _stops(instance, middle - 1):
            low = middle
        else:
            high = middle
    return low


def _stops(instance: Instance, point: int) -> bool:
    instance.abort_after(point)
    try:
        instance.render(1)
    except (RenderAborted, ActionError):
        return True
    finally:
        instance.abort_after(-1)
    return False


def _abort(trial: Trial, instance: Instance, point: int, want: Array) -> None:
    _stops(instance, point)
    try:
        got = trial.render(instance)
    except PyOpenFXError as error:
        trial.note(
            "abort", Severity.ERROR, f"after an abort at question {point}: {error}", "Render"
        )
        return
    if not are_equal([got], [want]):
        trial.note("abort", Severity.ERROR, f"after an abort at question {point} the frame has "
                   "other pixels", "Render")  # fmt: skip


CHECKS = (
    Check("before", 3, "aborted before it begins; then a full render", before),
    Check("every-point", 5, "aborted wherever it asks; then a full render", every_point),
)
