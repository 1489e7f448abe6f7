# SPDX-License-Identifier: Apache-2.0
"""Values of a parameter over time, as they are written on the command line."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..errors import ParamError
from ..params import ParamSpec

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
            if not colon or not time.strip().lstrip("-").isdigit():
                raise ParamError(
                    f"{spec.name} has the keyframe {key!r}; keyframes are written frame:value, "
                    "with commas between them"
                )
            times.append(int(time))
            values.append(_value(spec, value))
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ParamError(f"{spec.name} has keyframes at {times}; their times must rise")
        return cls(spec, tuple(times), tuple(values))

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
