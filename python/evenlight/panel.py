# SPDX-License-Identifier: Apache-2.0
"""Errands of the plug-in's panel: presets in files, and settings that suit the clip.

An answer is a sentence for the person, then a line NAME=VALUE for each parameter that is to be set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from .animation import Animation
from .auto.sight import Sight, look
from .auto.suit import advise
from .auto.verdict import verdict
from .calls import Clip, FrameServer, Request, Value
from .effects import Effect
from .errands import LateError
from .errors import BusyError, FrameError, ParamError
from .frames import Frame
from .graph import Graph, Stage
from .params import param_specs
from .presets import load_preset, save_preset

#: Seconds that the disk of a preset may take to answer.
_TO_ANSWER = 5.0


class Errand(IntEnum):
    """Errand, as the plug-in numbers them."""

    LOAD_PRESET = 0
    SAVE_PRESET = 1
    MEASURE = 2
    SUIT = 3


def run_errand(
    effect: Effect, server: FrameServer, request: Request, errand: Errand, file: str
) -> str:
    """The answer; raises EvenlightError where the errand cannot be done, Aborted on demand."""
    if errand is Errand.LOAD_PRESET:
        return _patiently(effect, file, lambda: _loaded(type(effect), file))
    if errand is Errand.SAVE_PRESET:
        return _patiently(effect, file, lambda: _saved(type(effect), request, file))
    if errand is Errand.MEASURE:
        return measured(effect, server, request)
    return _suited(type(effect), [Sight.read(line) for line in file.splitlines() if line])


@dataclass(frozen=True, slots=True)
class Source:
    """The clip alone: a mask says nothing of its damage."""

    server: FrameServer

    def fetch(self, time: float) -> Frame | None:
        """The clip's frame, or None where it has none."""
        return self.server.fetch(Clip.SOURCE, time)

    def fetch_mask(self, time: float) -> Frame | None:  # noqa: ARG002
        """No mask."""
        return None

    def aborted(self) -> bool:
        """Whether nobody wants the answer any more."""
        return self.server.aborted()


def measured(effect: Effect, server: FrameServer, request: Request) -> str:
    """The sight of the run from the request's frame to the last of its window, or an empty line."""
    first, count = int(request.time), request.after + 1
    sight = look(Source(server), first, count, request.encoding, effect.resources)
    return "" if sight is None else sight.text


def _suited(effect: type[Effect], sights: list[Sight]) -> str:
    if not sights:
        raise FrameError("Auto saw no frame of the clip; see whether its source plays")
    advice = advise(verdict(sights), effect)
    specs = {spec.name: spec for spec in param_specs(effect.params)}
    values = {name: Animation.of(specs[name], value) for name, value in advice.values.items()}
    return _answer(advice.sentence, values)


def _patiently(effect: Effect, file: str, work: Callable[[], str]) -> str:
    try:
        return effect.resources.errands.run(work, _TO_ANSWER)
    except LateError as error:
        raise BusyError(f"the disk of {file} does not answer; choose another folder") from error


def _loaded(effect: type[Effect], file: str) -> str:
    stages = load_preset(file).stages
    for stage in stages:
        if stage.effect is effect:
            return _answer(f"{Path(file).name} is loaded.", stage.animations)
    names = ", ".join(stage.effect.label for stage in stages)
    raise ParamError(f"{file} is a preset of {names}; it has nothing for {effect.label}")


def _saved(effect: type[Effect], request: Request, file: str) -> str:
    animations = {
        spec.name: Animation.of(spec, _current(request, request.values[spec.name]))
        for spec in param_specs(effect.params)
    }
    save_preset(Graph((Stage(effect, animations),)).without_files(), file, overwrite=True)
    return f"Saved to {Path(file).name}."


def _current(request: Request, value: Value) -> Value:
    """The value at the frame, of a parameter that comes with one for each of the window."""
    is_sampled = isinstance(value, Sequence) and not isinstance(value, str)
    return value[request.before] if is_sampled else value  # type: ignore[index]


def _answer(sentence: str, values: Mapping[str, Animation]) -> str:
    lines = [f"{name}={animation.typed}" for name, animation in values.items()]
    return "\n".join([sentence.replace("\n", " "), *lines])
