# SPDX-License-Identifier: Apache-2.0
"""Evenlight: takes the flicker and the blotches out of video and old film.

The public names are imported when they are asked for, so that a program of ours may say how NumPy
is to run before it is loaded; importing the package sets nothing.
"""

import typing as _typing
from importlib import import_module as _import_module
from importlib.metadata import version as _version

if _typing.TYPE_CHECKING:
    from .api import Clip, deblotch, deflicker, open_clip, restore
    from .effects import EFFECTS, Deflicker, Effect
    from .errors import Aborted, BusyError, EvenlightError, FrameError, MediaError, ParamError
    from .frames import ArrayFrame, Frame, FrameSource, Outcome, RenderRequest
    from .graph import Graph, Stage
    from .presets import load_preset, save_preset

__version__ = _version("evenlight")

__all__ = [
    "EFFECTS",
    "Aborted",
    "ArrayFrame",
    "BusyError",
    "Clip",
    "Deflicker",
    "Effect",
    "EvenlightError",
    "Frame",
    "FrameError",
    "FrameSource",
    "Graph",
    "MediaError",
    "Outcome",
    "ParamError",
    "RenderRequest",
    "Stage",
    "__version__",
    "deblotch",
    "deflicker",
    "load_preset",
    "open_clip",
    "restore",
    "save_preset",
]

_HOMES = {
    "api": ("Clip", "deblotch", "deflicker", "open_clip", "restore"),
    "effects": ("EFFECTS", "Deflicker", "Effect"),
    "errors": (
        "Aborted",
        "BusyError",
        "EvenlightError",
        "FrameError",
        "MediaError",
        "ParamError",
    ),
    "frames": ("ArrayFrame", "Frame", "FrameSource", "Outcome", "RenderRequest"),
    "graph": ("Graph", "Stage"),
    "presets": ("load_preset", "save_preset"),
}


def __getattr__(name: str) -> object:
    """A public name, from the module that defines it."""
    for home, names in _HOMES.items():
        if name in names:
            value: object = getattr(_import_module(f".{home}", __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted({*globals(), *__all__})
