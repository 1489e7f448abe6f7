# SPDX-License-Identifier: Apache-2.0
"""Effects in a chain, each with the values of its parameters over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from . import effects
from .animation import Animation
from .effects import Effect
from .errors import ParamError, shortened
from .params import unattended_specs


@dataclass(frozen=True, slots=True)
class Stage:
    """One effect of a chain; `animations` has every parameter, by name."""

    effect: type[Effect]
    animations: Mapping[str, Animation]

    @classmethod
    def default(cls, effect: type[Effect]) -> Stage:
        """The effect at its defaults, those of `unattended_specs`."""
        specs = unattended_specs(effect.params)
        return cls(effect, {spec.name: Animation(spec, (), (spec.default,)) for spec in specs})

    @property
    def name(self) -> str:
        """The effect's short name."""
        return short_name(self.effect)

    @property
    def reach(self) -> tuple[int, int]:
        """Number of frames in the widest window before and after the current one."""
        window = self.effect.window
        names = filter(None, (window.before, window.after, window.times))
        return window.reach({name: self.animations[name].most for name in names})

    @property
    def files(self) -> tuple[str, ...]:
        """Parameters that name a file."""
        return tuple(n for n, animation in self.animations.items() if animation.spec.file)

    def named(self, *, decides: bool) -> tuple[str, ...]:
        """Names of the files that change pixels, or of those that change only how they are made."""
        found = [self.animations[name] for name in self.files]
        return tuple(
            one.values[0]
            for one in found
            if one.values[0] and one.spec.file and one.spec.file.decides is decides
        )

    def params_at(self, time: int) -> object:
        """The effect's parameters at a frame."""
        return self.effect.params(**{n: a.at(time) for n, a in self.animations.items()})

    def with_values(self, animations: Mapping[str, Animation]) -> Stage:
        """A copy with some parameters changed."""
        return replace(self, animations={**self.animations, **animations})

    def without_fall_back(self) -> Stage:
        """A copy that insists on every network."""
        own = self.animations.get("fall_back")
        if own is None:
            return self
        return self.with_values({"fall_back": replace(own, times=(), values=(False,))})


@dataclass(frozen=True, slots=True)
class Graph:
    """Effects one after the other: each works on what the one before it puts out."""

    stages: tuple[Stage, ...]

    @classmethod
    def of(cls, names: str) -> Graph:
        """Effects by their short names, with commas between them, at their defaults."""
        wanted = [name.strip() for name in names.split(",")]
        return cls(tuple(Stage.default(effect_named(name)) for name in wanted))

    @property
    def look_around(self) -> int:
        """Frames of the source that one frame can depend on."""
        return 1 + sum(sum(stage.reach) for stage in self.stages)

    def with_settings(self, settings: Iterable[str]) -> Graph:
        """A copy changed by texts such as `radius=12` or `deflicker.strength=1:0,24:1`.

        Without an effect's name a value goes to every effect that has the parameter.
        """
        graph = self
        for text in settings:
            graph = graph._with(text)
        return graph

    def with_cuts(self, times: Sequence[int]) -> Graph:
        """A copy with a cut marked before each of these frames."""
        stages = [
            stage.with_values({"cut_here": stage.animations["cut_here"].on_at(times)})
            if times and "cut_here" in stage.animations
            else stage
            for stage in self.stages
        ]
        return Graph(tuple(stages))

    def with_analysis(self, path: str, offset: int | None = None) -> Graph:
        """A copy with an analysis for the first effect, which alone works on the source itself.

        `offset` is added to a frame's number to get the analysis's; None leaves what is set.
        Raises ParamError where that effect takes none.
        """
        first = self.stages[0]
        if "analysis" not in first.animations:
            raise ParamError(
                f"the chain begins with {first.name}, which takes no analysis; leave the analysis "
                "out, or begin with deflicker or restore"
            )
        told = {"analysis": path} | ({} if offset is None else {"analysis_offset": offset})
        changed = {n: Animation.of(first.animations[n].spec, value) for n, value in told.items()}
        return Graph((first.with_values(changed), *self.stages[1:]))

    def with_repairs(self, path: str) -> Graph:
        """A copy with a repairs file for the effects that repair blotches.

        Raises ParamError where none does.
        """
        if not any("repairs" in stage.animations for stage in self.stages):
            raise ParamError("no effect of the chain repairs blotches; leave the repairs out")
        stages = [
            stage.with_values({"repairs": Animation.of(stage.animations["repairs"].spec, path)})
            if "repairs" in stage.animations
            else stage
            for stage in self.stages
        ]
        return Graph(tuple(stages))

    @property
    def repairs(self) -> tuple[str, ...]:
        """Names of the repairs files."""
        return tuple(name for stage in self.stages for name in stage.named(decides=True))

    def begun_with(self, numbers: range, whole: range) -> range:
        """The frames, of those of the `whole` clip, that the first effect puts out for `numbers`.

        Later effects ask it for their windows.
        """
        reaches = [stage.reach for stage in self.stages[1:]]
        before, after = (sum(reach[side] for reach in reaches) for side in (0, 1))
        first, stop = numbers.start - before, numbers.stop + after
        return range(max(first, whole.start), min(stop, whole.stop))

    def without_files(self) -> Graph:
        """A copy that names no file."""
        stages = [
            stage.with_values({n: replace(stage.animations[n], values=("",)) for n in stage.files})
            for stage in self.stages
        ]
        return Graph(tuple(stages))

    def without_fall_back(self) -> Graph:
        """A copy that insists on every network."""
        return Graph(tuple(stage.without_fall_back() for stage in self.stages))

    def cuts(self, numbers: range) -> tuple[int, ...]:
        """Frames of `numbers` that are marked as the first of a shot, for every effect."""
        marks = [
            {time for time in animation.times if time in numbers and animation.at(time)}
            for stage in self.stages
            for name, animation in stage.animations.items()
            if name == "cut_here"
        ]
        return tuple(sorted(set.intersection(*marks))) if marks else ()

    def _with(self, text: str) -> Graph:
        key, equals, value = text.partition("=")
        if not equals:
            raise ParamError(f"{text!r} sets nothing; write NAME=VALUE, or effect.NAME=VALUE")
        owner, _, name = key.strip().replace("-", "_").rpartition(".")
        hits = [
            i
            for i, stage in enumerate(self.stages)
            if name in stage.animations and owner in ("", stage.name)
        ]
        if not hits:
            whose = owner or ", ".join(stage.name for stage in self.stages)
            raise ParamError(f"there is no parameter {name!r} of {whose}")
        stages = list(self.stages)
        for i in hits:
            spec = stages[i].animations[name].spec
            stages[i] = stages[i].with_values({name: Animation.parse(spec, value)})
        return Graph(tuple(stages))


def short_name(effect: type[Effect]) -> str:
    """The last word of the identifier."""
    return effect.identifier.rpartition(".")[2]


def effect_named(name: str) -> type[Effect]:
    """The effect of a short name or an identifier; raises ParamError where there is none."""
    for effect in effects.EFFECTS:
        if name in (effect.identifier, short_name(effect)):
            return effect
    known = ", ".join(short_name(effect) for effect in effects.EFFECTS)
    raise ParamError(f"there is no effect {shortened(name)}; there are {known}")
