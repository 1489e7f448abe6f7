# SPDX-License-Identifier: Apache-2.0
"""Under which settings a frame was analysed; another analysis is wanted where they differ."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..errors import AnalysisError
from ..motion.fields import Bands, Basis, Solver

#: Half-waves along a side that a field may have; what a damaged file says stays below it.
_MOST_WAVES = 64
#: How a condition is called in a sentence, where that is not its parameter's name.
_WORDS = {
    "keep_above": "keep changes above",
    "local": "local flicker",
    "region": "the region",
    "shot": "the marked cuts",
    "stages": "the light and temporal stage",
}


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """All that a frame's `FlickerEstimate` depends on beside pixels."""

    radius: int
    colour: str
    keep_above: float
    steadiness: float
    local: bool  # whether what differs over the frame is looked for
    resolution: int  # 0 where it is not
    bands: str
    solver: str  # empty where it is not
    method: str
    stages: tuple[float, float]  # how much of each learned stage; 0 with the classical method
    cuts: str
    encoding: (
        str  # the display-like scale's: "linear", "log", or "display" for all that stand on it
    )
    region: tuple[float, float, float, float]
    shot: tuple[int | None, int | None]  # marked frames, on or before and after, in the window

    @property
    def basis(self) -> Basis | None:
        """The terms of the field, where one was looked for."""
        return Basis(self.resolution, Bands(self.bands)) if self.local else None

    def text(self) -> str:
        """The same for equal conditions, as the file holds it."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True, allow_nan=False)

    def moved(self, frames: int) -> AnalysisSettings:
        """The same for a clip whose numbers are higher by `frames`."""
        before, after = (None if mark is None else mark + frames for mark in self.shot)
        return replace(self, shot=(before, after))

    @classmethod
    def of(cls, values: object) -> AnalysisSettings:
        """From what JSON gives; raises AnalysisError for anything that no analysis has written."""
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or set(values) != names:
            raise AnalysisError("it holds other settings than this version knows")
        region, shot = _items(values["region"], 4), _items(values["shot"], 2)
        stages = tuple(map(_number, _items(values["stages"], 2)))
        made = cls(
            **values
            | {"region": tuple(map(_number, region)), "keep_above": _number(values["keep_above"])}
            | {"steadiness": _number(values["steadiness"])}
            | {"shot": tuple(None if one is None else _whole(one) for one in shot)}
            | {"stages": stages}
        )
        for name in ("radius", "resolution"):
            _whole(values[name])
        for name in ("colour", "bands", "solver", "method", "cuts", "encoding"):
            _require(isinstance(values[name], str) and len(values[name]) < 64)
        _require(isinstance(made.local, bool) and made.bands in list(Bands))
        if made.local:
            _require(1 <= made.resolution <= _MOST_WAVES and made.solver in list(Solver))
        return made

    def difference(self, wanted: AnalysisSettings) -> str:
        """Settings that differ from `wanted`, as the middle of a sentence; empty if none does."""
        parts = [
            f"{_WORDS.get(field.name, field.name)} was {_said(getattr(self, field.name))} and is "
            f"{_said(getattr(wanted, field.name))} now"
            for field in fields(self)
            if getattr(self, field.name) != getattr(wanted, field.name)
        ]
        return ", ".join(parts)


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join("none" if one is None else f"{one:g}" for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _require(fits: bool) -> None:
    if not fits:
        raise AnalysisError("its settings make no sense")


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) > 2**53:
        raise AnalysisError("its settings make no sense")
    return value


def _number(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise AnalysisError("its settings make no sense")
    return float(value)  # type: ignore[arg-type]


def _items(value: object, count: int) -> list[object]:
    if not isinstance(value, list) or len(value) != count:
        raise AnalysisError("its settings make no sense")
    return value
