# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import _core
from ._errors import ParamError
from ._properties import PARTS, RANGED
from ._standard import short


def _first(properties: _core.PropertySet, name: str, otherwise: Any = None) -> Any:
    values = properties.get(name)
    return values[0] if values else otherwise


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class ParamDescription:
    """One parameter as a plug-in described it. Ranges are None where the type has none."""

    name: str
    type: str  # "Double", "Choice", …
    label: str
    hint: str
    group: str  # name of the group it lies in, or ""
    default: Any
    minimum: Any
    maximum: Any
    display_minimum: Any
    display_maximum: Any
    choices: tuple[str, ...]
    animates: bool
    secret: bool


def describe_param(core: _core.Param) -> ParamDescription:
    """Read off what a plug-in set on a parameter."""
    properties = core.properties

    def value(name: str) -> Any:
        values = properties.get(name)
        return None if not values else values[0] if len(values) == 1 else tuple(values)

    return ParamDescription(
        name=core.name,
        type=short(core.type),
        label=_first(properties, "OfxPropLabel", core.name),
        hint=_first(properties, "OfxParamPropHint", ""),
        group=_first(properties, "OfxParamPropParent", ""),
        default=value("OfxParamPropDefault"),
        minimum=value("OfxParamPropMin"),
        maximum=value("OfxParamPropMax"),
        display_minimum=value("OfxParamPropDisplayMin"),
        display_maximum=value("OfxParamPropDisplayMax"),
        choices=tuple(properties.get("OfxParamPropChoiceOption")),
        animates=bool(_first(properties, "OfxParamPropAnimates", 0)),
        secret=bool(_first(properties, "OfxParamPropSecret", 0)),
    )


class Param:
    """A parameter of an instance. Choices go by the option's label, stored name or index."""

    def __init__(self, core: _core.Param, changed: Callable[[str], None]) -> None:
        self._core = core
        self._changed = changed
        self.name = core.name
        self.type = core.type

    def describe(self) -> ParamDescription:
        """Description of the parameter by the plug-in."""
        return describe_param(self._core)

    @property
    def value(self) -> Any:
        """The value without a time: the first key's where there are keys."""
        return self._public(self._core.value_at(None))

    def at(self, time: float) -> Any:
        """The value at a time: linear between keys for numbers, held for all else."""
        return self._public(self._core.value_at(time))

    def set(self, value: Any) -> None:
        """Give it a value, drop its keys and tell the plug-in."""
        parts = self._parts(value)
        self._core.delete_keys()
        self._core.set(parts)
        self._changed(self.name)

    def set_key(self, time: float, value: Any) -> None:
        """Set a key at `time` and tell the plug-in."""
        self._core.set_key(float(time), self._parts(value))
        self._changed(self.name)

    @property
    def keys(self) -> dict[float, Any]:
        """The keys, by time."""
        times = self._core.keys()
        return {time: self.at(time) for time in times}

    def delete_key(self, time: float) -> None:
        """Remove the key at `time`."""
        if not self._core.delete_key(float(time)):
            raise ParamError(f"{self.name} has no key at {time:g}; its keys are {list(self.keys)}")
        self._changed(self.name)

    def delete_keys(self) -> None:
        """Remove all keys; the value set last counts again."""
        self._core.delete_keys()
        self._changed(self.name)

    def _public(self, parts: list[Any]) -> Any:
        if self.type == "OfxParamTypeBoolean":
            return bool(parts[0])
        return None if not parts else parts[0] if len(parts) == 1 else tuple(parts)

    def _parts(self, value: Any) -> list[Any]:
        kind, count = PARTS[self.type]
        if not count:
            raise ParamError(f"{self.name} is a {short(self.type)} and holds no value")
        if self.type == "OfxParamTypeChoice":
            return [self._option(value)]
        parts = list(value) if isinstance(value, (tuple, list)) else [value]
        if len(parts) != count:
            raise ParamError(f"{self.name} is {value!r}; it takes {count} values")
        try:
            parts = [{"int": int, "double": float, "string": str}[kind](part) for part in parts]
        except (TypeError, ValueError) as error:
            raise ParamError(f"{self.name} is {value!r}; it takes a {kind}") from error
        if self.type in RANGED:
            self._check_range(parts)
        return parts

    def _check_range(self, parts: list[Any]) -> None:
        lows = self._core.properties.get("OfxParamPropMin")
        highs = self._core.properties.get("OfxParamPropMax")
        for part, low, high in zip(parts, lows, highs, strict=False):
            if not low <= part <= high:
                raise ParamError(
                    f"{self.name} is {part:g}; it must lie between {low:g} and {high:g}"
                )

    def _option(self, value: Any) -> int:
        labels = self._core.properties.get("OfxParamPropChoiceOption")
        names = self._core.properties.get("OfxParamPropChoiceEnum")
        if isinstance(value, str):
            for options in (labels, names):
                wanted = [_plain(option) for option in options]
                if _plain(value) in wanted:
                    return wanted.index(_plain(value))
        elif 0 <= int(value) < max(1, len(labels)):
            return int(value)
        raise ParamError(f"{self.name} is {value!r}; it must be one of {', '.join(labels)}")


class Params(Mapping[str, Param]):
    """The parameters of an instance, by name, in the order in which they were defined."""

    def __init__(self, params: list[Param]) -> None:
        self._params = {param.name: param for param in params}

    def __getitem__(self, name: str) -> Param:
        try:
            return self._params[name]
        except KeyError:
            raise ParamError(
                f"there is no parameter {name!r}; there are {', '.join(self._params)}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)
