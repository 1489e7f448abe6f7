# SPDX-License-Identifier: Apache-2.0
"""Ranges of frames on the command line."""

from __future__ import annotations

import re
from typing import Any

import click

_FRAMES = re.compile(r"(-?[0-9]+)(?:-(-?[0-9]+))?")


class FrameRange(click.ParamType):  # type: ignore[type-arg]
    """`A-B`, or one frame; either may be negative: `-2--1`."""

    name = "A-B"

    def convert(self, value: Any, param: Any, ctx: Any) -> range:
        """Both ends are in it."""
        if isinstance(value, range):
            return value
        match = _FRAMES.fullmatch(str(value))
        if match is None:
            self.fail(f"frames is {value!r}; write the first and the last, as in 1-240", param, ctx)
        numbers = range(int(match[1]), int(match[2] or match[1]) + 1)
        if not numbers:
            self.fail(f"frames is {value!r}; the last must not come before the first", param, ctx)
        return numbers
