# SPDX-License-Identifier: Apache-2.0
"""Evenlight: takes the flicker and the blotches out of video and old film."""

from __future__ import annotations

from importlib.metadata import version

from .effects import EFFECTS, Deflicker, Effect
from .errors import Aborted, EvenlightError, FrameError, MediaError, ParamError
from .frames import ArrayFrame, Frame, FrameSource, RenderRequest

__version__ = version("evenlight")

__all__ = [
    "EFFECTS",
    "Aborted",
    "ArrayFrame",
    "Deflicker",
    "Effect",
    "EvenlightError",
    "Frame",
    "FrameError",
    "FrameSource",
    "MediaError",
    "ParamError",
    "RenderRequest",
    "__version__",
]
