# SPDX-License-Identifier: Apache-2.0
"""Values of a parameter over time, as they are typed and as they are stored."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from .errors import ParamError, shortened
from .params import ParamSpec

_WORDS = {"on": True, "true": True, "yes": True, "1": True}
_WORDS |= {"off": False, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Animation:
    """Keyframes of one parameter; one value without a time holds throughout.

    Numbers run straight from key to key. Switches and choices hold until the next key, and have
    their default before the first.
    """

    spec: ParamSpec
    times: tuple[int, ...]
    values: tuple[Any, ...]

    @classmethod
    def parse(cls, spec: ParamSpec, text: str) -> Animation:
        """`V`, or `t:V,t:V` with rising times; raises ParamError for anything else.

        The name of a file stands as it is.
        """
        if ":" not in text or spec.kind is str:
            return cls(spec, (), (_value(spec, text),))
        times, values = [], []
        for key in text.split(","):
            time, colon, value = key.partition(":")
            if not colon or not _is_frame(time.strip()):
                raise ParamError(
                    f"{spec.name} has the keyframe {key!r}; keyframes are written frame:value, "
                    "with commas between them"
                )
            times.append(int(time))
            values.append(_value(spec, value))
        return cls._keyed(spec, times, values)

    @classmethod
    def of(cls, spec: ParamSpec, stored: object) -> Animation:
        """The animation of a value or of a mapping of values by time, as `stored` gives them."""
        if not isinstance(stored, Mapping):
            return cls(spec, (), (spec.coerce(stored),))
        times, values = [], []
        for time, value in stored.items():
            if isinstance(time, bool) or not _is_frame(str(time)):
                raise ParamError(
                    f"{spec.name} has a keyframe at {shortened(time)}; it must be a frame"
                )
            times.append(int(str(time)))
            values.append(spec.coerce(value))
        if not times:
            raise ParamError(f"{spec.name} has no keyframes; give it a value")
        return cls._keyed(spec, times, values)

    @classmethod
    def _keyed(cls, spec: ParamSpec, times: list[int], values: list[Any]) -> Animation:
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ParamError(
                f"{spec.name} has keyframes at {shortened(times)}; their times must rise"
            )
        return cls(spec, tuple(times), tuple(values))

    @property
    def stored(self) -> Any:
        """The value, or a mapping of values by time, as JSON and YAML can hold them."""
        plain = [str(value) if isinstance(value, StrEnum) else value for value in self.values]
        if not self.times:
            return plain[0]
        return {str(time): value for time, value in zip(self.times, plain, strict=True)}

    @property
    def typed(self) -> str:
        """The text that `parse` reads as this animation."""
        texts = [_typed(value) for value in self.values]
        if not self.times:
            return texts[0]
        return ",".join(f"{time}:{text}" for time, text in zip(self.times, texts, strict=True))

    def on_at(self, times: Iterable[int]) -> Animation:
        """A copy of a switch that is on at these frames too."""
        marks = set(times)
        edges = {edge for time in marks for edge in (time, time + 1)} | set(self.times)
        keys = sorted(edges)
        return Animation(self.spec, tuple(keys), tuple(k in marks or self.at(k) for k in keys))

    def at(self, time: int) -> Any:
        """The value at a frame."""
        if not self.times:
            return self.values[0]
        after = bisect_right(self.times, time)
        if self.spec.slider is None:
            return self.values[after - 1] if after else self.spec.default
        if after in (0, len(self.times)):
            return self.values[min(after, len(self.times) - 1)]
        begin, end = self.times[after - 1], self.times[after]
        share = (time - begin) / (end - begin)
        value = self.values[after - 1] * (1 - share) + self.values[after] * share
        return round(value) if self.spec.kind is int else value

    @property
    def most(self) -> Any:
        """The largest value of a number."""
        return max(self.values)


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, str) else f"{value:.10g}"


def _is_frame(text: str) -> bool:
    """Whether a text is the number of a frame; a superscript, which is a digit too, is none."""
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None


def _value(spec: ParamSpec, text: str) -> Any:
    if spec.kind is str:
        return spec.coerce(text)
    text = text.strip()
    if spec.slider is not None:
        try:
            return spec.coerce(float(text))
        except ValueError as error:
            if isinstance(error, ParamError):
                raise
            return spec.coerce(text)  # which says what it must be
    if spec.kind is bool:
        return spec.coerce(_WORDS.get(text.lower(), text))
    return spec.coerce(text)
