# SPDX-License-Identifier: Apache-2.0
"""All checks, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from . import (
    actions,
    description,
    hosts,
    lifetime,
    params,
    rendering,
    scanning,
    sequences,
    stopping,
    threads,
)
from .check import Check

_CATEGORIES: dict[str, Sequence[Check]] = {
    "scanning": scanning.CHECKS,
    "description": description.CHECKS,
    "actions": actions.CHECKS,
    "render": rendering.CHECKS,
    "params": params.CHECKS,
    "threads": threads.CHECKS,
    "abort": stopping.CHECKS,
    "lifetime": lifetime.CHECKS,
    "sequences": sequences.CHECKS,
    "hosts": hosts.CHECKS,
}
CHECKS = tuple(
    replace(check, category=category)
    for category, checks in _CATEGORIES.items()
    for check in checks
)


def chosen(strictness: int, only: Sequence[str], skip: Sequence[str]) -> list[Check]:
    """Checks up to a level that fit any pattern of `only`, if it has any, and none of `skip`.

    A pattern such as `render.*`, or a category.
    """

    def fits(check: Check, patterns: Sequence[str]) -> bool:
        return any(
            fnmatchcase(check.full_name, each) or check.category == each for each in patterns
        )

    return [
        check
        for check in CHECKS
        if check.level <= strictness and (not only or fits(check, only)) and not fits(check, skip)
    ]
