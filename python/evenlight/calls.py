# SPDX-License-Identifier: Apache-2.0
"""Nouns of a call to the engine: the request, its clips, and the side that serves their frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

from .frames import Frame
from .interlaced import Fields

#: A parameter's value; a parameter that is declared `PerFrame` brings one for each frame of the
#: window, from `before` frames earlier to `after` frames later.
Value = bool | int | float | str | Sequence[float]


@dataclass(frozen=True, slots=True)
class Request:
    """A frame that something is asked of, as the host tells it."""

    time: float
    before: int  # frames that may be asked for on each side
    after: int
    #: Row and column, in the source frame, of the first pixel of the output.
    origin: tuple[int, int] = (0, 0)
    #: How the clip's numbers stand for light, as the host tells it; empty where it does not.
    encoding: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    #: Whether the host gives no frame but the one at `time`.
    alone: bool = False
    #: The walk along the clip that an analysis takes, by a number that no other of this effect has;
    #: neighbours are read once for all of its frames. 0 for none.
    walk: int = 0
    #: Order of the fields where frames are interlaced: each field is a frame in time then.
    fields: Fields = Fields.NONE
    #: Steps of time from a frame to the next of the same lines: 2 where the frame is a field.
    stride: int = 1

    def of_field(self, second: int) -> Request:
        """The request for one field of the frame, the first (0) or the second (1).

        What is told of each frame of the window, as a mark, holds for the frame's first field.
        """
        count = self.before + self.after + 1
        values = dict(self.values)
        for name, value in self.values.items():
            if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == count:
                places = range(second, second + 2 * (count - 1) + 1)
                values[name] = [0.0 if place % 2 else value[place // 2] for place in places]
        if "analysis_offset" in values:
            values["analysis_offset"] = 2 * int(values["analysis_offset"])  # type: ignore[arg-type]
        return replace(
            self, time=2 * self.time + second, before=2 * self.before, after=2 * self.after,
            values=values, fields=Fields.NONE, stride=2,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FramesNeeded:
    """Frames that `process` reads on each side of the current one."""

    before: int
    after: int
    reason: str = ""  # why the analysis that is named does not serve, where it does not


class Clip(IntEnum):
    """The clips of an effect, as the plug-in numbers them."""

    SOURCE = 0
    MASK = 1


class FrameServer(Protocol):
    """The plug-in's side of one render; each call may wait for the host."""

    def fetch(self, clip: int, time: float) -> Frame | None:
        """The clip's image at `time`, or None where it has none; raises Aborted on demand."""

    def aborted(self) -> bool:
        """Whether the host no longer wants this frame."""
