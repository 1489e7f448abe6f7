# SPDX-License-Identifier: Apache-2.0
"""The typed engine under every front end: effects opened, asked and rendered.

The plug-in comes through `bridge`, the command line and farms call it as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol, TypedDict, TypeVar, Unpack

from .analysis import Record
from .effects import EFFECTS, Effect, Resources
from .errors import AnalysisError, EvenlightError, FrameError, ParamError
from .frames import Array, Frame, RenderRequest
from .inference.sessions import Sessions
from .params import build_params, param_specs

#: A parameter's value; a parameter that is declared `PerFrame` brings one for each frame of the
#: window, from `before` frames earlier to `after` frames later.
Value = bool | int | float | str | Sequence[float]

#: Name in `values` that is no parameter: which analysis a frame is analysed for, so that its
#: neighbours are read once.
DRAFT = "draft"

T = TypeVar("T")
log = logging.getLogger(__name__)


class Asked(TypedDict):
    """Request to an effect about one frame; see `process`."""

    time: float
    before: int
    after: int
    origin: tuple[int, int]
    encoding: str
    values: Mapping[str, Value]


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


def open_effect(identifier: str, sessions: Sessions) -> Effect:
    """A new instance of the effect that hosts know by `identifier`.

    It has a memory of its own, and shares the opened networks. Raises ParamError for any other.
    """
    for effect in EFFECTS:
        if effect.identifier == identifier:
            return effect(Resources(sessions=sessions))
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
    alone: bool = False,
    insist: bool = False,
) -> str:
    """Fill `out`, the window at `origin` (row, column) of the frame at `time`; return the notice.

    `alone` says that the host gives no frame but the current one. An analysis file that does not
    serve is told in the notice and the neighbours are read; with `insist` it is an AnalysisError.
    Raises EvenlightError with a sentence for the artist, Aborted when the host asked to stop, and
    MemoryError; nothing else, so that both runtimes report alike.
    """

    def body() -> str:
        params, request = _build_request(
            effect,
            time=time,
            before=before,
            after=after,
            origin=origin,
            encoding=encoding,
            values=values,
        )
        record, sentence = _find_record(effect, request, params)
        if sentence and (alone or insist):
            raise AnalysisError(sentence)
        request = replace(request, record=record, alone=alone)
        window = _Window(server, time, 0, 0) if alone else _Window(server, time, before, after)
        notice = effect.process(window, request, params, out)
        unused = f"{sentence}. The neighbours are read instead" if sentence else ""
        return ". ".join(filter(None, (unused, notice)))

    return report_errors(effect, time, body)


def reads(effect: Effect, **asked: Unpack[Asked]) -> tuple[int, int, str]:
    """As `frames_needed`, not as a text."""
    if not asked["values"].get("analysis"):
        return asked["before"], asked["after"], ""

    def body() -> tuple[int, int, str]:
        params, request = _build_request(effect, **asked)
        record, sentence = _find_record(effect, request, params)
        reach = None if record is None else effect.reach(params)
        if reach is None:
            return asked["before"], asked["after"], sentence
        return min(asked["before"], reach), min(asked["after"], reach), ""

    return report_errors(effect, asked["time"], body)


def analyse_record(effect: Effect, server: FrameServer, **asked: Unpack[Asked]) -> Record:
    """Record of the frame at `time` for an analysis."""

    def body() -> Record:
        values = dict(asked["values"])
        draft = values.pop(DRAFT, "")
        own: Asked = {**asked, "values": values}
        params, request = _build_request(effect, **own)
        window = _Window(server, asked["time"], asked["before"], asked["after"])
        return effect.analyse(window, replace(request, walk=str(draft)), params)

    return report_errors(effect, asked["time"], body)


def check_analysis(effect: Effect, shape: tuple[int, int, int], **asked: Unpack[Asked]) -> None:
    """Raise AnalysisError where the analysis that `values` name does not serve for the frame.

    `shape` is the clip's. That the picture is another one is seen when it is rendered.
    """

    def body() -> None:
        params, request = _build_request(effect, **asked)
        record = effect.record(request, params)
        if record is not None and record.shape[:2] != shape[:2]:
            raise AnalysisError(record.other_size(shape))

    report_errors(effect, asked["time"], body)


def close_effect(effect: Effect) -> None:
    """Free the memory of an effect that is not used again."""
    effect.resources.memo.clear()
    log.debug("closed %s", effect.identifier)


def report_errors(effect: Effect, time: float, body: Callable[[], T]) -> T:
    """Run `body`; what goes wrong in it becomes a sentence."""
    try:
        return body()
    except (EvenlightError, MemoryError):
        raise
    except Exception as error:
        log.exception("%s failed at frame %g", effect.identifier, time)
        first_line = str(error).partition("\n")[0]
        raise EvenlightError(
            f"{effect.label} met an error of its own at frame {time:g} "
            f"({type(error).__name__}: {first_line}); please report it"
        ) from error


def _build_request(effect: Effect, **asked: Unpack[Asked]) -> tuple[object, RenderRequest]:
    sampled = _sampled(effect, asked["values"], asked["before"], asked["after"])
    current = {name: offsets[0] for name, offsets in sampled.items()}
    params: object = build_params(effect.params, {**asked["values"], **current})
    request = RenderRequest(
        time=asked["time"], origin=asked["origin"], encoding=asked["encoding"], sampled=sampled
    )
    return params, request


def _find_record(
    effect: Effect, request: RenderRequest, params: object
) -> tuple[Record | None, str]:
    """The record of the frame, or none and why."""
    try:
        return effect.record(request, params), ""
    except AnalysisError as error:
        return None, str(error).rstrip(".")


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
