# SPDX-License-Identifier: Apache-2.0
"""What the parameters of several effects have in common."""

from __future__ import annotations

from enum import StrEnum

from ..params import Group

ANALYSIS = Group("Analysis")
OUTPUT = Group("Output")


class Colour(StrEnum):
    """Which curves are estimated."""

    PER_CHANNEL = "per_channel"
    LUMINANCE = "luminance"


class Method(StrEnum):
    """What takes the flicker out."""

    CLASSICAL = "classical"
    LEARNED = "learned"


class Cuts(StrEnum):
    """Where the window ends."""

    AUTO = "auto"
    MARKED = "marked"
    NONE = "none"
