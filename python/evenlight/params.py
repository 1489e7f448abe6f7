# SPDX-License-Identifier: Apache-2.0
"""Declarations of parameters: annotated fields of a frozen dataclass, written once.

The dataclass is the Python API; the OpenFX description, the command line, the presets and the
documents are read off it with `param_specs`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from .errors import ParamError, shortened

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Slider:
    """Range of a number, inclusive, and the unit that its label shows."""

    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A text that names a file; empty for none. It does not change over time."""

    #: Whether what stands in the file changes pixels; else only how a frame is made.
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Doc:
    """The hint, in words for artists; and a label where the field's name does not read well."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The section of the parameter panel that a parameter stands in; it is closed at first."""

    label: str


@dataclass(frozen=True, slots=True)
class Words:
    """Options of a choice as the panel shows them, where their names do not read well."""

    labels: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, **labels: str) -> Words:
        """Labels by the options' names."""
        return cls(tuple(labels.items()))

    def label(self, option: str) -> str | None:
        """The option's label, where it has one."""
        return dict(self.labels).get(option)


@dataclass(frozen=True, slots=True)
class Needs:
    """The parameter has an effect only while one of these others is on.

    On is a number that is not 0, a switch that is on, a choice of another option than `off`, by
    default its first, and a file that is named. Several notes must all hold.
    """

    params: tuple[str, ...]
    off: str = ""

    @classmethod
    def any_of(cls, *params: str, off: str = "") -> Needs:
        """The note with these parameters."""
        return cls(params, off)


@dataclass(frozen=True, slots=True)
class Kept:
    """The value belongs to the shot, the machine or the eye: a preset chosen in a host keeps it."""


@dataclass(frozen=True, slots=True)
class PerFrame:
    """The effect wants the values over the whole temporal window, not only at the current time."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The parameter says how an estimate is applied, not what is estimated.

    An analysis is made without it and serves whatever it is.
    """


@dataclass(frozen=True, slots=True)
class Since:
    """The parameter came with a version of the effect; what was saved before is read with `legacy`.

    The legacy value is the one with which the effect renders as it did without the parameter.
    """

    version: tuple[int, int]
    legacy: Any


@dataclass(frozen=True, slots=True)
class Unattended:
    """The default where nobody watches: on the command line, in presets and on farms."""

    default: Any


@dataclass(frozen=True, slots=True)
class TemporalWindow:
    """Frames an effect reads on each side: the names of the integer parameters that say so."""

    before: str
    after: str
    #: The parameter by which both are multiplied; empty for none.
    times: str = ""

    def reach(self, values: Mapping[str, Any]) -> tuple[int, int]:
        """Frames before and after the current one, from values by name."""
        times = values[self.times] if self.times else 1
        return int(values[self.before] * times), int(values[self.after] * times)


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One declared parameter, as every front end sees it."""

    name: str
    kind: type  # float, int, bool or a StrEnum
    default: Any
    slider: Slider | None
    doc: Doc
    group: Group | None
    per_frame: bool
    since: Since | None = None
    applied: bool = False
    unattended: Unattended | None = None
    file: File | None = None
    words: Words = Words(())
    needs: tuple[Needs, ...] = ()
    kept: bool = False

    @property
    def label(self) -> str:
        """Label of the panel: the name in words, with the unit behind it."""
        text = self.doc.label or self.name.replace("_", " ").capitalize()
        return f"{text} ({self.slider.unit})" if self.slider and self.slider.unit else text

    def coerce(self, value: object) -> Any:
        """`value` as this parameter's type, inside its range; raises ParamError otherwise."""
        if issubclass(self.kind, StrEnum):
            return self._choice(value)
        if self.kind is str:
            if isinstance(value, str) and "\0" not in value:
                return value
            raise ParamError(f"{self.name} is {shortened(value)}; it must be the name of a file")
        if self.kind is bool:
            if isinstance(value, bool | int | float) and value in (0, 1):
                return bool(value)
            raise ParamError(f"{self.name} is {shortened(value)}; it must be true or false")
        return self._number(value)

    def _choice(self, value: object) -> StrEnum:
        options = list(self.kind)  # type: ignore[call-overload]
        if value in options:
            chosen: StrEnum = self.kind(value)
            return chosen
        names = ", ".join(options)
        raise ParamError(f"{self.name} is {shortened(value)}; it must be one of {names}")

    def _number(self, value: object) -> float | int:
        assert self.slider is not None, "a number is declared with its range"
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (self.kind is int and math.isfinite(value) and value != int(value))
        ):
            kind = "a whole number" if self.kind is int else "a number"
            raise ParamError(f"{self.name} is {shortened(value)}; it must be {kind}")
        if not self.slider.low <= value <= self.slider.high:
            unit = f" {self.slider.unit}" if self.slider.unit else ""
            raise ParamError(
                f"{self.name} is {value:g}; it must lie between "
                f"{self.slider.low:g} and {self.slider.high:g}{unit}"
            )
        number: float | int = self.kind(value)
        return number


def param_specs(params: type) -> tuple[ParamSpec, ...]:
    """The parameters a class declares, in order."""
    return _param_specs(params)


@cache  # annotations take more than a millisecond to read, and every frame asks
def _param_specs(params: Hashable) -> tuple[ParamSpec, ...]:
    """The only code that looks inside `Annotated`."""
    assert isinstance(params, type)
    hints = get_type_hints(params, include_extras=True)
    specs = []
    for field in fields(params):
        assert get_origin(hints[field.name]) is Annotated, f"{field.name} carries no annotation"
        kind, *notes = get_args(hints[field.name])
        specs.append(
            ParamSpec(
                name=field.name,
                kind=kind,
                default=field.default,
                slider=next((n for n in notes if isinstance(n, Slider)), None),
                doc=next(n for n in notes if isinstance(n, Doc)),
                group=next((n for n in notes if isinstance(n, Group)), None),
                per_frame=any(isinstance(n, PerFrame) for n in notes),
                since=next((n for n in notes if isinstance(n, Since)), None),
                applied=any(isinstance(n, Applied) for n in notes),
                unattended=next((n for n in notes if isinstance(n, Unattended)), None),
                file=next((n for n in notes if isinstance(n, File)), None),
                words=next((n for n in notes if isinstance(n, Words)), Words(())),
                needs=tuple(n for n in notes if isinstance(n, Needs)),
                kept=any(isinstance(n, Kept) for n in notes),
            )
        )
    return tuple(specs)


def unattended_specs(params: type) -> tuple[ParamSpec, ...]:
    """As `param_specs`, with the defaults of the command line, of presets and of farms."""
    return tuple(
        spec if spec.unattended is None else replace(spec, default=spec.unattended.default)
        for spec in param_specs(params)
    )


def build_params(params: type[P], values: Mapping[str, object]) -> P:
    """An instance from values by name; unknown names and values out of range raise ParamError."""
    specs = {spec.name: spec for spec in param_specs(params)}
    for name in values:
        if name not in specs:
            raise ParamError(f"there is no parameter {name!r}; there are {', '.join(specs)}")
    return params(**{name: specs[name].coerce(value) for name, value in values.items()})
