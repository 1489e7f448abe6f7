# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import pytest

from evenlight.errors import ParamError
from evenlight.params import (
    Doc,
    Group,
    PerFrame,
    Slider,
    Unattended,
    build_params,
    param_specs,
    unattended_specs,
)


class Shape(StrEnum):
    ROUND = "round"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class Params:
    radius: Annotated[int, Slider(1, 9, "frames"), Doc("How far.")] = 4
    amount: Annotated[float, Slider(0.0, 1.0), Doc("How much.", "Mix")] = 0.5
    shape: Annotated[Shape, Group("Look"), Doc("Which.")] = Shape.ROUND
    marked: Annotated[bool, PerFrame(), Doc("Whether.")] = False


@dataclass(frozen=True, slots=True)
class Watched:
    bold: Annotated[bool, Unattended(False), Doc("Whether.")] = True
    far: Annotated[int, Slider(1, 9), Doc("How far.")] = 4


def test_specs_carry_all_that_was_declared() -> None:
    radius, amount, shape, marked = param_specs(Params)
    assert (radius.name, radius.kind, radius.default, radius.label) == (
        "radius",
        int,
        4,
        "Radius (frames)",
    )
    assert amount.label == "Mix"
    assert shape.group == Group("Look")
    assert (marked.per_frame, radius.per_frame) == (True, False)


def test_defaults_may_differ_where_nobody_watches() -> None:
    assert [spec.default for spec in param_specs(Watched)] == [True, 4]
    assert [spec.default for spec in unattended_specs(Watched)] == [False, 4]


def test_values_become_the_declared_types() -> None:
    params = build_params(Params, {"radius": 3.0, "shape": "square", "marked": 1})
    assert params == Params(radius=3, shape=Shape.SQUARE, marked=True)
    assert isinstance(params.radius, int)
    assert params.marked is True


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"radius": 40}, "radius is 40; it must lie between 1 and 9 frames"),
        ({"radius": 2.5}, "radius is 2.5; it must be a whole number"),
        ({"amount": "much"}, "amount is 'much'; it must be a number"),
        ({"amount": float("nan")}, "amount is nan; it must lie between 0 and 1"),
        ({"shape": "oval"}, "shape is 'oval'; it must be one of round, square"),
        ({"marked": "yes"}, "marked is 'yes'; it must be true or false"),
        ({"colour": 1}, "there is no parameter 'colour'; there are radius, amount, shape, marked"),
    ],
)
def test_a_wrong_value_is_refused_in_words(values: dict[str, object], message: str) -> None:
    with pytest.raises(ParamError) as caught:
        build_params(Params, values)
    assert str(caught.value) == message
