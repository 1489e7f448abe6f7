# SPDX-License-Identifier: Apache-2.0
"""The shelf: presets by name, those that come with Evenlight and a person's own.

One that comes with it is a file in `shipped`, with values for each effect that it is for:

    {"name": "Time-lapse", "about": "...",
     "effects": {"deflicker": {"version": [1, 2], "params": {"steadiness": 0.8}}}}

A person's own is a preset file in a folder of theirs; its name is the file's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .effects import Effect
from .errors import MediaError, ParamError, shortened
from .graph import Graph, effect_named, short_name
from .plain_data import from_json
from .presets import FORMAT, KEY, graph_of, load_preset

ENDINGS = (".json", ".yaml", ".yml")
#: The order in which people look for them.
_ORDER = (
    "old_film",
    "old_film_strong",
    "dirt_only",
    "by_hand",
    "time_lapse",
    "lamps",
    "high_speed",
    "ai_video",
    "vhs",
)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A preset that can be asked for by name."""

    name: str
    about: str
    graphs: tuple[Graph, ...]  # of one effect each, the one to prefer first; or one chain
    path: Path | None = None  # of a person's own

    def of(self, effect: type[Effect] | None = None) -> Graph:
        """The chain for one effect alone, or the preferred one; raises ParamError for none."""
        for graph in self.graphs:
            if effect is None or [stage.effect for stage in graph.stages] == [effect]:
                return graph
        has = ", ".join(self.effects)
        raise ParamError(
            f"the preset {self.name!r} has nothing for {short_name(effect) if effect else ''}; "
            f"it is for {has}"
        )

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the effects, those of a chain in one text."""
        return tuple(" + ".join(stage.name for stage in graph.stages) for graph in self.graphs)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Presets by name; a person's own comes before one that comes with Evenlight."""

    folders: tuple[Path, ...]  # a person's own; the first is where new ones are saved

    def own(self) -> list[Path]:
        """Files of a person's own presets, each name once."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for path in sorted(folder.glob("*")) if folder.is_dir() else ():
                if path.suffix.lower() in ENDINGS and not path.name.startswith("."):
                    found.setdefault(_key(path.stem), path)
        return list(found.values())

    def find(self, name: str) -> Shelved:
        """The preset of a name, however it is spaced and capitalised.

        Raises ParamError where there is none, or where a person's own cannot be used.
        """
        for path in self.own():
            if _key(path.stem) == _key(name):
                return Shelved(path.stem, f"your own, {path}", (load_preset(path),), path)
        for preset in shipped():
            if _key(preset.name) == _key(name):
                return preset
        known = ", ".join([*(path.stem for path in self.own()), *(p.name for p in shipped())])
        raise ParamError(f"there is no preset {shortened(name)}; there are {known}")

    def graph(self, text: str, effect: type[Effect] | None = None) -> Graph:
        """The chain of a preset that is named, or that lies in a file; raises as `find`.

        A file may hold other effects than the one that is asked for.
        """
        if is_file(text):
            return load_preset(text)
        found = self.find(text)
        return found.of(effect if found.path is None else None)

    def place(self, name: str) -> Path:
        """Where a person's own preset of this name goes; raises ParamError for no fit name."""
        if not re.fullmatch(r"[\w][\w .,()+-]{0,79}", name):
            raise ParamError(f"{shortened(name)} is no name for a preset; use letters and numbers")
        return self.folders[0] / f"{name}.json"


def shelf_of(environment: Iterable[tuple[str, str]] | None = None) -> Shelf:
    """The shelf of this user: folders of EVENLIGHT_PRESETS, then that of the desktop's settings."""
    told = dict(os.environ.items() if environment is None else environment)
    named = [Path(one) for one in told.get("EVENLIGHT_PRESETS", "").split(os.pathsep) if one]
    settings = told.get("XDG_CONFIG_HOME", "")
    base = Path(settings) if Path(settings).is_absolute() else Path.home() / ".config"
    return Shelf((*named, base / "evenlight" / "presets"))


def is_file(text: str) -> bool:
    """Whether a text names a file rather than a preset of the shelf."""
    path = Path(text)
    return path.suffix.lower() in ENDINGS or len(path.parts) > 1 or path.exists()


def shipped() -> tuple[Shelved, ...]:
    """The presets that come with Evenlight, in order."""
    folder = Path(__file__).with_name("shipped")
    return tuple(_shipped(folder / f"{stem}.json") for stem in _ORDER)


def _shipped(path: Path) -> Shelved:
    try:
        data = from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror or error}") from error
    assert isinstance(data, dict), "a shipped preset is a mapping"
    chains = [
        graph_of({KEY: FORMAT, "effects": [{"effect": effect_named(name).identifier, **values}]})
        for name, values in data["effects"].items()
    ]
    return Shelved(data["name"], data["about"], tuple(chains))


def _key(name: str) -> str:
    """A name without its spacing and capitals."""
    return re.sub(r"[\W_]+", "", name).lower()
