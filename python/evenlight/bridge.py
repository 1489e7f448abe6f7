# SPDX-License-Identifier: Apache-2.0
"""All that the plug-in calls, in either runtime: `open_effect`, `process`, `close_effect`."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from .effects import EFFECTS, Effect
from .errors import EvenlightError, FrameError, ParamError
from .frames import Array, Frame, RenderRequest
from .params import build_params, param_specs

#: A parameter's value; a parameter that is declared `PerFrame` brings one for each frame of the
#: window, from `before` frames earlier to `after` frames later.
Value = bool | int | float | str | Sequence[float]

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class _Window:
    """The frames that the plug-in announced to the host, and no others."""

    server: FrameServer
    time: float
    before: int
    after: int

    def fetch(self, time: float) -> Frame | None:
        return self._fetch(Clip.SOURCE, time)

    def fetch_mask(self, time: float) -> Frame | None:
        return self._fetch(Clip.MASK, time)

    def aborted(self) -> bool:
        return self.server.aborted()

    def _fetch(self, clip: Clip, time: float) -> Frame | None:
        if not -self.before - 1e-6 <= time - self.time <= self.after + 1e-6:
            raise FrameError(
                f"frame {time:g} was asked for while rendering {self.time:g}; it must lie between "
                f"{self.time - self.before:g} and {self.time + self.after:g}"
            )
        return self.server.fetch(clip, time)


def open_effect(identifier: str) -> Effect:
    """A new instance of the effect that hosts know by `identifier`."""
    for effect in EFFECTS:
        if effect.identifier == identifier:
            return effect()
    known = ", ".join(effect.identifier for effect in EFFECTS)
    raise ParamError(f"there is no effect {identifier!r}; there is {known}")


def process(
    effect: Effect,
    server: FrameServer,
    out: Array,  # (h, w, C), top row first
    *,
    time: float,
    before: int,
    after: int,
    origin: tuple[int, int],
    encoding: str,
    values: Mapping[str, Value],
) -> str:
    """Fill `out`, the window at `origin` (row, column) of the frame at `time`; return the notice.

    Raises EvenlightError with a sentence for the artist, Aborted when the host asked to stop, and
    MemoryError; nothing else, so that both runtimes report alike.
    """
    try:
        sampled = _sampled(effect, values, before, after)
        current = {name: offsets[0] for name, offsets in sampled.items()}
        params: object = build_params(effect.params, {**values, **current})
        request = RenderRequest(time=time, origin=origin, encoding=encoding, sampled=sampled)
        return effect.process(_Window(server, time, before, after), request, params, out)
    except (EvenlightError, MemoryError):
        raise
    except Exception as error:
        log.exception("%s failed at frame %g", effect.identifier, time)
        first_line = str(error).partition("\n")[0]
        raise EvenlightError(
            f"{effect.label} met an error of its own at frame {time:g} "
            f"({type(error).__name__}: {first_line}); please report it"
        ) from error


def close_effect(effect: Effect) -> None:
    """The plug-in's instance is gone; `effect` is not used again."""
    log.debug("closed %s", effect.identifier)


def _sampled(
    effect: Effect, values: Mapping[str, Value], before: int, after: int
) -> dict[str, dict[int, object]]:
    """Values by offset of the parameters that came with one for each frame of the window."""
    offsets = range(-before, after + 1)
    sampled: dict[str, dict[int, object]] = {}
    for spec in param_specs(effect.params):
        value = values.get(spec.name)
        if not spec.per_frame or value is None:
            continue
        if not isinstance(value, Sequence) or len(value) != len(offsets):
            raise ParamError(
                f"{spec.name} must come with {len(offsets)} values, one for each frame"
            )
        sampled[spec.name] = {o: spec.coerce(v) for o, v in zip(offsets, value, strict=True)}
    return sampled
