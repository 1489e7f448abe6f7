# SPDX-License-Identifier: Apache-2.0
"""Plain data of JSON and YAML that strangers may have written: nothing but values, within limits.

Of YAML only what a preset needs is read: mappings, sequences, numbers, texts, true, false and null.
The library's own loader makes dates, sums of sixties and whatever references multiply to; here
references count each time that they are used.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from .errors import MediaError, ParamError

#: How deep values may lie in each other, and how many there may be, references resolved.
DEEPEST, MOST_VALUES = 16, 1 << 18
_LONGEST_NUMBER = 64
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WORDS |= {"null": None, "~": None, "": None}  # type: ignore[dict-item]
_TAG = "tag:yaml.org,2002:"


def from_json(text: str) -> object:
    """Values of a JSON text; raises ParamError where it is none or goes beyond the limits."""
    try:
        data = json.loads(text, parse_int=_integer)
    except RecursionError as error:
        raise ParamError("its values lie too deep in each other") from error
    except ValueError as error:
        raise ParamError(f"this is no JSON ({error})") from error
    _check(data, DEEPEST)
    return data


def from_yaml(text: str) -> object:
    """Values of a YAML text; raises ParamError as `from_json`, MediaError without PyYAML."""
    yaml = _yaml()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = _Composer(yaml)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except yaml.YAMLError as error:
        raise ParamError(f"this is no YAML ({' '.join(str(error).split())})") from error
    return composer.result


def to_yaml(data: object) -> str:
    """Plain data as YAML, in its own order."""
    text: str = _yaml().safe_dump(data, sort_keys=False)
    return text


@dataclass(slots=True)
class _Node:
    """A mapping or a sequence that is not whole yet, or the text itself."""

    value: Any
    anchor: str | None
    size: int = 1  # values in it, references resolved
    key: Any = None
    has_key: bool = False


@dataclass(slots=True)
class _Composer:
    """Makes plain data of the events of a YAML text."""

    yaml: Any
    result: Any = None
    _open: list[_Node] = field(default_factory=list)
    _anchored: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _documents: int = 0

    def take(self, event: Any) -> None:
        events = self.yaml.events
        if isinstance(event, events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise ParamError("it holds more than one document")
        elif isinstance(event, events.AliasEvent):
            if event.anchor not in self._anchored:
                raise ParamError(f"it refers to {event.anchor!r}, which is not whole before it")
            self._put(*self._anchored[event.anchor])
        elif isinstance(event, events.ScalarEvent):
            self._close(_Node(_scalar(event), event.anchor))
        elif isinstance(event, events.MappingStartEvent | events.SequenceStartEvent):
            is_mapping = isinstance(event, events.MappingStartEvent)
            if event.tag not in (None, _TAG + ("map" if is_mapping else "seq")):
                raise ParamError(f"it holds a value of the kind {event.tag!r}")
            self._open.append(_Node({} if is_mapping else [], event.anchor))
            if len(self._open) > DEEPEST:
                raise ParamError("its values lie too deep in each other")
        elif isinstance(event, events.MappingEndEvent | events.SequenceEndEvent):
            self._close(self._open.pop())

    def _close(self, node: _Node) -> None:
        if node.anchor is not None:
            self._anchored[node.anchor] = node.value, node.size
        self._put(node.value, node.size)

    def _put(self, value: Any, size: int) -> None:
        """Put a whole value where it belongs."""
        if not self._open:
            self.result = value
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > MOST_VALUES:
            raise ParamError("it holds too many values")
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.has_key:
            parent.value[parent.key], parent.has_key = value, False
        elif isinstance(value, dict | list):
            raise ParamError("it has a key that is no text")
        else:
            parent.key, parent.has_key = value, True


def _scalar(event: Any) -> Any:
    """The value of a text without quotes, or of one with a kind before it."""
    text: str = event.value
    kind = (event.tag or "").removeprefix(_TAG)
    if kind == "str" or (not event.tag and not event.implicit[0]):
        return text
    plain = _plain(text)
    is_fitting = {
        "": True,
        "!": True,
        "int": isinstance(plain, int),
        "float": isinstance(plain, int | float),
        "bool": isinstance(plain, bool),
        "null": plain is None,
    }
    if not is_fitting.get(kind, False):
        raise ParamError(f"it holds the text {text[:40]!r} as a value of the kind {event.tag!r}")
    return float(plain) if kind == "float" else plain


def _plain(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if text.lower().lstrip("+-") in (".inf", ".nan"):
        return float(text.replace(".", ""))
    if len(text) <= _LONGEST_NUMBER and _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ParamError(f"it holds a number of {len(text)} digits")
    return int(text)


def _check(value: object, deepest: int) -> int:
    """How many values there are in a value; raises ParamError beyond the limits."""
    if not isinstance(value, dict | list):
        return 1
    if deepest == 0:
        raise ParamError("its values lie too deep in each other")
    parts = value.values() if isinstance(value, dict) else value
    count = 1 + sum(_check(part, deepest - 1) for part in parts)
    if count > MOST_VALUES:
        raise ParamError("it holds too many values")
    return count


def _yaml() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MediaError(
            "YAML needs PyYAML; run `pip install pyyaml`, or name the preset .json"
        ) from error
    return yaml
