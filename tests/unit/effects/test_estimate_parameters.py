# SPDX-License-Identifier: Apache-2.0
"""Parameters are marked once by whether estimates depend on them; the rest is held to that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from evenlight.analysis import AnalysisSettings
from evenlight.cli.analyse_command import analyse_command
from evenlight.effects import deflicker, restore
from evenlight.effects.analysis_record import settings_of_analysis
from evenlight.effects.deflicker import DeflickerParams
from evenlight.effects.restore import RestoreParams
from evenlight.flicker.settings import FlickerSettings, Method
from evenlight.frames import RenderRequest
from evenlight.params import ParamSpec, param_specs

Mapped = Callable[[Any], FlickerSettings]
EFFECTS: list[tuple[Any, Mapped]] = [
    (DeflickerParams(method=Method.LEARNED), deflicker.flicker_settings),
    (RestoreParams(method=Method.LEARNED), restore.flicker_settings),
]
CASES = [
    pytest.param(defaults, mapped, spec, id=f"{type(defaults).__name__} {spec.name}")
    for defaults, mapped in EFFECTS
    for spec in param_specs(type(defaults))
]


def other(spec: ParamSpec, value: Any) -> Any:
    """A value of a parameter that is not this one."""
    if issubclass(spec.kind, StrEnum):
        return next(option for option in list(spec.kind)[::-1] if option != value)
    if spec.kind is bool:
        return not value
    if spec.kind is str:
        return "somewhere.evenlight"
    assert spec.slider is not None
    ends = spec.slider.low, (spec.slider.low + spec.slider.high) / 4, spec.slider.high
    return spec.kind(next(end for end in ends if end != value))


def settings(defaults: Any, mapped: Mapped, *, marked: bool = False) -> AnalysisSettings:
    request = RenderRequest(10, sampled={"cut_here": {0: marked}})
    return settings_of_analysis(request, mapped(defaults))


@pytest.mark.parametrize(("defaults", "mapped", "spec"), CASES)
def test_an_analysis_depends_on_what_is_marked(
    defaults: Any, mapped: Mapped, spec: ParamSpec
) -> None:
    plain = settings(defaults, mapped)
    if spec.per_frame:
        changed = settings(defaults, mapped, marked=True)
    else:
        value = other(spec, getattr(defaults, spec.name))
        changed = settings(replace(defaults, **{spec.name: value}), mapped)
    if spec.name == "analysis_offset":
        assert spec.applied  # it says where the record lies, not what is in it
    elif spec.applied:
        assert changed == plain
    else:
        assert changed != plain


def test_the_command_offers_what_an_analysis_depends_on_and_nothing_else() -> None:
    offered = {parameter.name for parameter in analyse_command().params}
    for spec in param_specs(DeflickerParams):
        assert (spec.name in offered) == (not spec.applied), spec.name


def test_an_analysis_for_restore_takes_its_defaults() -> None:
    theirs = settings(RestoreParams(), restore.flicker_settings)
    named = {spec.name for spec in param_specs(RestoreParams) if not spec.applied}
    shared = {s.name for s in param_specs(DeflickerParams) if s.name in named and not s.applied}
    values = {name: getattr(RestoreParams(), name) for name in shared}
    assert settings(DeflickerParams(**values), deflicker.flicker_settings) == theirs
