# SPDX-License-Identifier: Apache-2.0
"""Findings of strict mode about a description: by the standard, and for known hosts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import _core
from ._param import ParamDescription, describe_param
from ._properties import RANGED
from ._report import Finding, Severity
from ._standard import short

if TYPE_CHECKING:
    from ._host import Host

_UNBOUNDED_INT = 2**31 - 1
_UNBOUNDED = 1e300
#: Types that crash or confuse hosts that are known.
_RISKY = {
    "Integer2D": "crashes Resolve",
    "Integer3D": "crashes Resolve",
    "Custom": "is left unread by MLT",
    "StrChoice": "is unknown to most hosts",
}
#: Clips that a context demands.
_CLIPS = {
    "Filter": {"Source", "Output"},
    "General": {"Output"},
    "Generator": {"Output"},
    "Transition": {"SourceFrom", "SourceTo", "Output"},
    "Retimer": {"Source", "Output"},
}
_PARAMS = {"Transition": {"Transition"}, "Retimer": {"SourceTime"}}


class _Notes:
    def __init__(self, host: Host, action: str) -> None:
        self._host = host
        self._action = action

    def __call__(self, rule: str, severity: Severity, message: str) -> None:
        self._host.note(Finding(rule, severity, self._action, message))


def lint_plugin(host: Host, effect: _core.Effect) -> None:
    """Look at what Describe left behind."""
    note = _Notes(host, "Describe")
    properties = effect.properties
    if not properties.get("OfxImageEffectPropSupportedContexts"):
        note("no-context", Severity.ERROR, "no supported context is set")
    if not properties.get("OfxImageEffectPropSupportedPixelDepths"):
        note("no-depth", Severity.ERROR, "no supported pixel depth is set")
    if not properties.get("OfxPropLabel")[0]:
        note("no-label", Severity.WARNING, "no label is set")
    if not properties.get("OfxImageEffectPluginPropGrouping")[0]:
        note("no-grouping", Severity.WARNING, "no grouping is set; hosts sort menus by it")
    if "OfxImageEffectContextFilter" not in properties.get("OfxImageEffectPropSupportedContexts"):
        note("no-filter", Severity.NOTE, "it has no Filter context; MLT drops it")


def lint_context(host: Host, context: str, effect: _core.Effect) -> None:
    """Look at what DescribeInContext left behind."""
    note = _Notes(host, "DescribeInContext")
    names = {clip.name for clip in effect.clips}
    for missing in sorted(_CLIPS.get(context, set()) - names):
        note("no-clip", Severity.ERROR, f"context {context} demands a clip {missing}")
    for clip in effect.clips:
        if not clip.properties.get("OfxImageEffectPropSupportedComponents"):
            note("no-components", Severity.ERROR, f"clip {clip.name} supports no components")
    params = [describe_param(param) for param in effect.params]
    for missing in sorted(_PARAMS.get(context, set()) - {param.name for param in params}):
        note("no-param", Severity.ERROR, f"context {context} demands a parameter {missing}")
    groups = {param.name for param in params if param.type == "Group"}
    for param in params:
        _lint_param(note, param, groups)


def _lint_param(note: _Notes, param: ParamDescription, groups: set[str]) -> None:
    name = f"parameter {param.name}"
    if not param.name:
        note("no-name", Severity.ERROR, "a parameter has an empty name")
    if param.group and param.group not in groups:
        note("no-group", Severity.ERROR, f"{name} lies in {param.group!r}, which is no group")
    if param.type in ("Group", "Page"):
        return
    if not param.hint and not param.secret:
        note("no-hint", Severity.WARNING, f"{name} has no hint")
    if param.type in _RISKY:
        note(
            "risky-type", Severity.WARNING, f"{name} is a {param.type}, which {_RISKY[param.type]}"
        )
    if "OfxParamType" + param.type in RANGED:
        _lint_range(note, name, param)
    if param.type == "Choice":
        if not param.choices:
            note("no-choice", Severity.ERROR, f"{name} has no options")
        elif not 0 <= param.default < len(param.choices):
            note("default", Severity.ERROR, f"the default of {name} is option {param.default}, "
                 f"of {len(param.choices)}")  # fmt: skip


def _lint_range(note: _Notes, name: str, param: ParamDescription) -> None:
    def parts(value: object) -> tuple[float, ...]:
        return value if isinstance(value, tuple) else (value,)

    lows, highs = parts(param.minimum), parts(param.maximum)
    shown = (*parts(param.display_minimum), *parts(param.display_maximum))
    limit = _UNBOUNDED_INT if short(param.type).startswith("Integer") else _UNBOUNDED
    if any(abs(bound) >= limit for bound in (*lows, *highs)):
        note("no-range", Severity.WARNING, f"{name} has no minimum or maximum; Resolve clamps it")
    elif any(abs(bound) >= limit for bound in shown):
        note(
            "no-display-range", Severity.WARNING, f"{name} has no display range; Resolve clamps it"
        )
    for low, high, value in zip(lows, highs, parts(param.default), strict=False):
        if low > high:
            note("range", Severity.ERROR, f"the range of {name} is {low:g} to {high:g}")
        elif not low <= value <= high or math.isnan(value):
            note("default", Severity.ERROR,
                 f"the default of {name} is {value:g}, outside {low:g} to {high:g}")  # fmt: skip
