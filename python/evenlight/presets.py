# SPDX-License-Identifier: Apache-2.0
"""Presets: a chain of effects in a file, JSON or YAML, that keeps rendering as it did.

    {"evenlight_preset": 1,
     "effects": [{"effect": "org.evenlight.deflicker", "version": [1, 0],
                  "params": {"strength": {"1": 0.2, "100": 1.0}, "radius": 12, ...}}]}

Every parameter is stored, so that a default that changes later changes no preset. A parameter that
came after the preset's version takes its legacy value (`params.Since`). What renders otherwise than
it did has another major version, and a preset of another one is refused.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .animation import Animation
from .effects import Effect
from .errors import BusyError, MediaError, ParamError, shortened
from .graph import Graph, Stage, effect_named, short_name
from .params import unattended_specs
from .plain_data import from_json, from_yaml, to_yaml
from .regular_file import IrregularFileError, read_regular

FORMAT = 1
KEY = "evenlight_preset"
_MOST_BYTES = 1 << 20  # a preset is a few kB; what is larger is something else
_MOST_EFFECTS = 32
_YAML = (".yaml", ".yml")
_KEYS, _EFFECT_KEYS = {KEY, "effects"}, {"effect", "version", "params"}


def load_preset(path: Path | str) -> Graph:
    """The chain in a file; raises MediaError where it cannot be read, ParamError for contents."""
    path = Path(path)
    try:
        text = read_regular(path, _MOST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise ParamError(f"{path} is no preset; it is no text") from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise ParamError(f"{path} is no preset; it is too large") from error
        kind = ParamError if isinstance(error, IrregularFileError) else MediaError
        raise kind(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return graph_of(from_yaml(text) if path.suffix.lower() in _YAML else from_json(text))
    except ParamError as error:
        raise ParamError(f"{path}: {error}") from error


def save_preset(graph: Graph, path: Path | str, *, overwrite: bool = False) -> None:
    """Write the chain to a file, whole or not at all; the ending says whether JSON or YAML."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise MediaError(f"{path} exists; allow it to be replaced with --overwrite")
    data = data_of(graph)
    text = json.dumps(data, indent=1) + "\n"
    if path.suffix.lower() in _YAML:
        text = to_yaml(data)
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.unlink(missing_ok=True)
        with partial.open("x", encoding="utf-8") as file:  # never through a link
            file.write(text)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        kind = BusyError if error.errno in (errno.ENOSPC, errno.EDQUOT) else MediaError
        raise kind(f"{path} cannot be written: {error.strerror or error}") from error


def data_of(graph: Graph) -> dict[str, Any]:
    """Contents of a preset as plain data."""
    return {
        KEY: FORMAT,
        "effects": [
            {
                "effect": stage.effect.identifier,
                "version": list(stage.effect.version),
                "params": {name: value.stored for name, value in stage.animations.items()},
            }
            for stage in graph.stages
        ],
    }


def graph_of(data: object) -> Graph:
    """The chain of a preset's contents; raises ParamError about the first fault."""
    if not isinstance(data, Mapping) or KEY not in data:
        raise ParamError(f"this is no preset of Evenlight; it lacks {KEY}")
    if type(data[KEY]) is not int or data[KEY] != FORMAT:
        raise ParamError(
            f"this preset has format {shortened(data[KEY])} and this Evenlight reads {FORMAT}; "
            "update it"
        )
    _refuse_others(data, _KEYS)
    stored = data.get("effects")
    if not isinstance(stored, list) or not stored:
        raise ParamError("this preset holds no effects")
    if len(stored) > _MOST_EFFECTS:
        raise ParamError(f"this preset holds {len(stored)} effects; at most are {_MOST_EFFECTS}")
    return Graph(tuple(_stage(one) for one in stored))


def _stage(stored: object) -> Stage:
    if not isinstance(stored, Mapping) or not isinstance(stored.get("effect"), str):
        raise ParamError("an effect of this preset has no name")
    _refuse_others(stored, _EFFECT_KEYS)
    effect = effect_named(stored["effect"])
    version = _version(effect, stored.get("version"))
    params = stored.get("params")
    if not isinstance(params, Mapping):
        raise ParamError(f"{effect.label} has no params in this preset")
    specs = {spec.name: spec for spec in unattended_specs(effect.params)}
    unknown = [name for name in params if name not in specs]
    if unknown:
        raise ParamError(f"{effect.label} has no parameter {shortened(unknown[0])}")
    animations = {}
    for name, spec in specs.items():
        is_older = spec.since is not None and version < spec.since.version
        absent = spec.since.legacy if spec.since is not None and is_older else spec.default
        animations[name] = Animation.of(spec, params.get(name, absent))
    return Stage(effect, animations)


def _refuse_others(stored: Mapping[Any, Any], known: set[str]) -> None:
    """Raise ParamError for a key that would be passed over in silence."""
    others = [key for key in stored if key not in known]
    if others:
        raise ParamError(f"this preset has {shortened(others[0])}, which no preset has")


def _version(effect: type[Effect], stored: object) -> tuple[int, int]:
    if (
        not isinstance(stored, list)
        or len(stored) != 2
        or not all(type(part) is int for part in stored)
    ):
        raise ParamError(f"{effect.label} has no version in this preset")
    major, minor = stored
    ours = effect.version
    if (major, minor) > ours:
        raise ParamError(
            f"this preset is of {effect.label} {major}.{minor} and this is {ours[0]}.{ours[1]}; "
            "update Evenlight"
        )
    if major < ours[0]:
        raise ParamError(
            f"this preset is of {effect.label} {major} and this is {ours[0]}, which renders "
            f"otherwise; use an Evenlight with {short_name(effect)} {major}, or make the preset new"
        )
    return major, minor
