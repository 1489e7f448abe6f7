# SPDX-License-Identifier: Apache-2.0
"""Legal values of parameters, for trying them out."""

from __future__ import annotations

import random
from typing import Any

from .._param import ParamDescription

#: Types that hold no value, or one that names files and the like.
UNTRIED = ("Group", "Page", "PushButton", "String", "Custom", "StrChoice", "Parametric")
_LARGE = 2.0**31 - 1  # a bound that is none


def extremes(param: ParamDescription) -> list[Any]:
    """Default, least and greatest of what is shown to the user; all of a choice."""
    if param.type == "Choice":
        return list(range(len(param.choices)))
    if param.type == "Boolean":
        return [True, False]
    if param.type in UNTRIED:
        return []
    bounds = [param.default, param.display_minimum, param.display_maximum]
    return [value for value in bounds if _is_bounded(value)]


def any_of(param: ParamDescription, chance: random.Random) -> Any:
    """A legal value by chance; None where the type is not tried."""
    values = extremes(param)
    if param.type in ("Choice", "Boolean") or len(values) < 3:
        return chance.choice(values) if values else None
    _, low, high = values
    if isinstance(low, tuple):
        return tuple(_between(a, b, chance) for a, b in zip(low, high, strict=True))
    return _between(low, high, chance)


def _between(low: float, high: float, chance: random.Random) -> float:
    low, high = min(low, high), max(low, high)
    return chance.uniform(low, high) if isinstance(low, float) else chance.randint(low, int(high))


def _is_bounded(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, (int, float)) and abs(part) < _LARGE for part in parts)
