# SPDX-License-Identifier: Apache-2.0
"""Evenlight: takes the flicker and the blotches out of video and old film."""

from importlib.metadata import version as _version

from . import _threads  # noqa: F401 - first of all: it must come before NumPy
from .effects import EFFECTS, Deflicker, Effect
from .errors import Aborted, BusyError, EvenlightError, FrameError, MediaError, ParamError
from .frames import ArrayFrame, Frame, FrameSource, RenderRequest
from .graph import Graph, Stage
from .presets import load_preset, save_preset

__version__ = _version("evenlight")

__all__ = [
    "EFFECTS",
    "Aborted",
    "ArrayFrame",
    "BusyError",
    "Deflicker",
    "Effect",
    "EvenlightError",
    "Frame",
    "FrameError",
    "FrameSource",
    "Graph",
    "MediaError",
    "ParamError",
    "RenderRequest",
    "Stage",
    "__version__",
    "load_preset",
    "save_preset",
]
