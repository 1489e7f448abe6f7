# SPDX-License-Identifier: Apache-2.0
"""The typed engine under every front end: effects opened, asked and rendered.

The plug-in comes through `bridge`, the command line and farms call it as it is.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .analysis import Record, Search
from .calls import Clip, FrameServer, FramesNeeded, Request, Value
from .effects import EFFECTS, Effect, Resources
from .errors import AnalysisError, EvenlightError, FrameError, NoAnalysisError, ParamError
from .frames import Array, Frame, Outcome, RenderRequest
from .inference.sessions import Sessions
from .interlaced import Fields, FieldServer
from .params import build_params, param_specs
from .placement import Neighbours

__all__ = [
    "Clip",
    "FrameServer",
    "FramesNeeded",
    "Request",
    "Value",
    "analyse_frame",
    "check_analysis",
    "close_effect",
    "frames_needed",
    "open_effect",
    "process",
    "report_errors",
]

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Window:
    """The frames that the plug-in announced to the host, and no others, placed in the current one.

    Its notice says which could not be.
    """

    server: FrameServer
    time: float
    before: int
    after: int
    neighbours: Neighbours | None = None

    def fetch(self, time: float) -> Frame | None:
        if self.neighbours is None:
            centre = self._fetch(Clip.SOURCE, self.time)
            if centre is None:
                return self._fetch(Clip.SOURCE, time)
            self.neighbours = Neighbours(centre)
        if time == self.time:
            return self.neighbours.centre
        return self.neighbours.place(self._fetch(Clip.SOURCE, time), time)

    @property
    def notice(self) -> str:
        return "" if self.neighbours is None else self.neighbours.notice

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
    request: Request,
    *,
    insist: bool = False,
) -> Outcome:
    """Fill `out`, the window at `request.origin` of the frame.

    An analysis file that does not serve is told in the notice and the neighbours are read; one that
    is still to be written is not told. With `insist` either is an AnalysisError.
    Where frames are interlaced their fields are filled one after the other.
    Raises EvenlightError with a sentence for the artist, Aborted when the host asked to stop, and
    MemoryError; nothing else, so that both runtimes report alike.
    """
    where = f"at frame {request.time:g}"
    if request.fields is Fields.NONE:
        return _process(effect, server, out, request, where, insist=insist)
    outcomes = []
    fields = FieldServer(server.fetch, server.aborted, request.fields, request.time)
    for second in (0, 1):
        current = fields.field(Clip.SOURCE, 2 * request.time + second)
        if current is None:
            raise FrameError(f"the clip has no frame {where}")
        part, origin = current.part(out, request.origin)
        wanted = replace(request.of_field(second), origin=origin)
        if len(part):
            outcomes.append(_process(effect, fields, part, wanted, where, insist=insist))
    return Outcome.joined(*outcomes)


def _process(
    effect: Effect, server: FrameServer, out: Array, request: Request, where: str, *, insist: bool
) -> Outcome:
    def body() -> Outcome:
        params, frame = _build_request(effect, request)
        search, sentence, is_there = _search(effect, frame, params, server.aborted)
        if sentence and (request.alone or insist):
            raise AnalysisError(sentence)
        frame = replace(frame, search=search)
        before, after = (0, 0) if request.alone else (request.before, request.after)
        window = _Window(server, request.time, before, after)
        outcome = effect.process(window, frame, params, out)
        unused = f"{sentence}. The neighbours are read instead" if sentence and is_there else ""
        return Outcome.joined(Outcome(unused), Outcome(window.notice), outcome)

    return report_errors(effect, where, body)


def frames_needed(effect: Effect, request: Request) -> FramesNeeded:
    """Frames that `process` will read, from what an analysis holds; none is fetched."""
    whole = FramesNeeded(request.before, request.after)
    if not request.values.get("analysis"):
        return whole
    if request.fields is not Fields.NONE:
        needs = [frames_needed(effect, request.of_field(second)) for second in (0, 1)]
        return FramesNeeded(
            min(request.before, max(need.before for need in needs)),
            min(request.after, max(need.after for need in needs)),
            next((need.reason for need in needs if need.reason), ""),
        )

    def body() -> FramesNeeded:
        params, frame = _build_request(effect, request)
        search, sentence, _ = _search(effect, frame, params)
        reach = None if search is None else effect.reach(params)
        if reach is None:
            return replace(whole, reason=sentence)
        return FramesNeeded(min(request.before, reach), min(request.after, reach))

    return report_errors(effect, f"at frame {request.time:g}", body)


def analyse_frame(effect: Effect, server: FrameServer, request: Request) -> list[Record]:
    """The record of the frame for an analysis, or one for each of its fields, by their times."""
    where = f"at frame {request.time:g}"
    if request.fields is Fields.NONE:
        return [_analyse(effect, server, request, where)]
    fields = FieldServer(server.fetch, server.aborted, request.fields, request.time)
    return [_analyse(effect, fields, request.of_field(second), where) for second in (0, 1)]


def _analyse(effect: Effect, server: FrameServer, request: Request, where: str) -> Record:
    def body() -> Record:
        params, frame = _build_request(effect, request)
        window = _Window(server, request.time, request.before, request.after)
        return effect.analyse(window, frame, params)

    return report_errors(effect, where, body)


def check_analysis(effect: Effect, shape: tuple[int, int, int], request: Request) -> None:
    """Raise AnalysisError where the analysis that the request names does not serve for the frame.

    `shape` is the clip's. That the picture is another one is seen when it is rendered.
    """
    if request.fields is not Fields.NONE:
        height, width, channels = shape
        for second in (0, 1):
            lines = (height + 1 - second) // 2
            check_analysis(effect, (lines, width, channels), request.of_field(second))
        return

    def body() -> None:
        params, frame = _build_request(effect, request)
        search = effect.search(frame, params)
        if search is not None and search.analysis.shape[:2] != shape[:2]:
            raise AnalysisError(search.other_size(shape))

    report_errors(effect, f"at frame {request.time:g}", body)


def close_effect(effect: Effect) -> None:
    """Free the memory of an effect that is not used again."""
    effect.resources.memo.clear()
    log.debug("closed %s", effect.identifier)


def report_errors(effect: Effect, where: str, body: Callable[[], T]) -> T:
    """Run `body`; what goes wrong in it becomes a sentence that says `where`."""
    try:
        return body()
    except (EvenlightError, MemoryError):
        raise
    except Exception as error:
        log.exception("%s failed %s", effect.identifier, where)
        first_line = str(error).partition("\n")[0]
        raise EvenlightError(
            f"{effect.label} met an error of its own {where} "
            f"({type(error).__name__}: {first_line}); please report it"
        ) from error


def _build_request(effect: Effect, request: Request) -> tuple[object, RenderRequest]:
    """The effect's parameters, and the request as effects take it."""
    if not math.isfinite(request.time):
        raise FrameError(f"the host asks for the time {request.time}, which is none")
    sampled = _sampled(effect, request)
    current = {name: offsets[0] for name, offsets in sampled.items()}
    params: object = build_params(effect.params, {**request.values, **current})
    frame = RenderRequest(
        time=request.time,
        origin=request.origin,
        encoding=request.encoding,
        sampled=sampled,
        alone=request.alone,
        walk=request.walk,
        stride=request.stride,
    )
    return params, frame


def _search(
    effect: Effect,
    request: RenderRequest,
    params: object,
    aborted: Callable[[], bool] = lambda: False,
) -> tuple[Search | None, str, bool]:
    """The search for the frame in an analysis, or none and why; and whether its file is there."""
    path = getattr(params, "analysis", "")
    if not path:
        return None, "", False
    try:
        found = effect.resources.read(path, lambda: effect.search(request, params), aborted)
        return found, "", True
    except AnalysisError as error:
        return None, str(error).rstrip("."), not isinstance(error, NoAnalysisError)


def _sampled(effect: Effect, request: Request) -> dict[str, dict[int, object]]:
    """Values by offset of the parameters that came with one for each frame of the window."""
    offsets = range(-request.before, request.after + 1)
    sampled: dict[str, dict[int, object]] = {}
    for spec in param_specs(effect.params):
        value = request.values.get(spec.name)
        if not spec.per_frame or value is None:
            continue
        if not isinstance(value, Sequence) or len(value) != len(offsets):
            raise ParamError(
                f"{spec.name} must come with {len(offsets)} values, one for each frame"
            )
        sampled[spec.name] = {o: spec.coerce(v) for o, v in zip(offsets, value, strict=True)}
    return sampled
