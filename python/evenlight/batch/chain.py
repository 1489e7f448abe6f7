# SPDX-License-Identifier: Apache-2.0
"""Frames through a chain of effects, by the same functions that the plug-in calls."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..animation import Animation
from ..effects import Effect, Resources
from ..effects.repairs_file import open_repairs
from ..engine import Clip, Request, check_analysis, process
from ..errors import RepairsError
from ..frames import Array, Change, Frame, Outcome, every_row
from ..graph import Graph, Stage
from ..inference.sessions import Sessions
from ..interlaced import Fields
from ..io import Reader
from ..io.recent import Recent
from ..listing import Listing
from ..repairs.match import check_size
from .change import change_of
from .stop import Stop


class _Clip(Protocol):
    """Input of a stage: the source, or the output of the stage before."""

    def frame(self, number: int) -> Frame | None: ...


class Source(_Clip, Protocol):
    """The clip that a chain works on; see `io.Reader`, which is one."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """One of `frames.DEPTHS`."""

    @property
    def encoding(self) -> str:
        """How the numbers stand for light; empty where nothing tells."""


class Mask(_Clip, Protocol):
    """A mask, with the numbers of its first and its last frame."""

    @property
    def first(self) -> int:
        """Number of the first frame."""

    @property
    def last(self) -> int:
        """Number of the last frame."""


class Server:
    """The clips' side of an effect; neighbours outside the rendered part are there too."""

    def __init__(self, clip: _Clip, mask: Mask | None, stop: Stop) -> None:
        self.clip, self._mask, self._stop = clip, mask, stop
        self.fetched: set[int] = set()  # frames of the clip, until somebody empties it

    def fetch(self, clip: int, time: float) -> Frame | None:
        """A frame of what the effect works on, or of the mask; one image masks every frame."""
        if clip == Clip.SOURCE:
            self.fetched.add(round(time))
            return self.clip.frame(round(time))
        if self._mask is None:
            return None
        is_still = self._mask.first == self._mask.last
        return self._mask.frame(self._mask.first if is_still else round(time))

    def aborted(self) -> bool:
        """Whether a signal asked for the end."""
        return self._stop.is_asked


def request_of(
    effect: type[Effect],
    animations: Mapping[str, Animation],
    number: int,
    encoding: str,
    fields: Fields = Fields.NONE,
) -> Request:
    """The request for a whole frame, with the parameters at its time."""
    values = {name: animation.at(number) for name, animation in animations.items()}
    before, after = effect.window.reach(values)
    window = range(number - before, number + after + 1)
    values |= {
        name: [animation.at(time) for time in window]
        for name, animation in animations.items()
        if animation.spec.per_frame
    }
    return Request(float(number), before, after, encoding=encoding, values=values, fields=fields)


def check_analyses(graph: Graph, source: Reader, numbers: range, fields: Fields) -> None:
    """Raise AnalysisError where an analysis that a stage names does not serve for the frames."""
    whole = range(source.first, source.last + 1)
    for place, stage in enumerate(graph.stages):
        if stage.named(decides=False):
            effect = stage.effect()
            for number in Graph(graph.stages[place:]).begun_with(numbers, whole):
                request = request_of(
                    stage.effect, stage.animations, number, source.encoding, fields
                )
                check_analysis(effect, source.shape, request)


def check_repairs(graph: Graph, source: Reader, fields: Fields) -> None:
    """Raise RepairsError where a repairs file that a stage names does not serve for the clip."""
    for path in graph.repairs:
        repairs = open_repairs(path, Resources())
        check_size(repairs, source.shape)
        if fields is not Fields.NONE:
            raise RepairsError(
                f"{path} cannot be used: its blotches are of whole frames, and {source.path} is "
                "interlaced. Render with --fields off, or leave the repairs out"
            )


class Chain:
    """Renders frames in any order, best in rising order: what neighbours share is kept."""

    def __init__(
        self,
        graph: Graph,
        source: Source,
        mask: Mask | None,
        stop: Stop,
        fields: Fields = Fields.NONE,
        *,
        measured: bool = False,
    ) -> None:
        """A chain over a source; `measured` has every outcome tell what was changed."""
        self._measured = measured
        self.notices: list[str] = []
        self._stages: list[_Output] = []
        sessions = Sessions()
        clip: _Clip = source
        for place, stage in enumerate(graph.stages):
            wanted = graph.stages[place + 1].reach if place + 1 < len(graph.stages) else (0, 0)
            effect = stage.effect(Resources(sessions=sessions))
            server, kept = Server(clip, mask, stop), sum(wanted) + 1
            clip = self._last = _Output(
                effect, stage, server, source, fields, f"stage {place}", kept, self.notices
            )
            self._stages.append(self._last)

    def render(self, number: int) -> tuple[Array, Outcome]:
        """The frame that the last effect puts out, (H, W, C), and the outcome of all effects.

        Raises Aborted where a signal asked for the end meanwhile.
        """
        self.notices.clear()
        pixels = self._last.picture(number)
        notice = "; ".join(dict.fromkeys(self.notices))
        listings = [one for stage in self._stages for one in stage.listings.pop(number, ())]
        fell_back = number in self._last.fallen_back
        return pixels, Outcome(notice, fell_back, tuple(listings), self._change(number, pixels))

    def _change(self, number: int, pixels: Array) -> Change | None:
        source = self._last.source
        frame = source.frame(number)
        if frame is None or not self._measured:
            return None
        encoding, premultiplied = source.encoding, frame.premultiplied
        return change_of(frame.pixels(), pixels, encoding, premultiplied=premultiplied)


class _Output:
    """Output of one effect of the chain; a frame is rendered when its pixels are wanted."""

    def __init__(
        self,
        effect: Effect,
        stage: Stage,
        server: Server,
        source: Source,
        fields: Fields,
        name: str,
        kept: int,
        notices: list[str],
    ) -> None:
        self.name = name
        self.source = source
        self._fields = fields
        #: Frames that a fall back had a part in, here or in an effect before this one.
        self.fallen_back: set[int] = set()
        #: Blotches of the frames that were rendered, until somebody takes them.
        self.listings: dict[int, tuple[Listing, ...]] = {}
        self._stage = stage
        self._effect = effect
        self._server = server
        self._recent: Recent[Array] = Recent(kept)
        self._notices = notices
        before = server.clip
        self._spoilt: Set[int] = before.fallen_back if isinstance(before, _Output) else frozenset()

    def frame(self, number: int) -> Frame | None:
        """The frame, or None where the source has none."""
        return None if self.source.frame(number) is None else _OutputFrame(self, number)

    def picture(self, number: int) -> Array:
        """The pixels of one frame, (H, W, C), read-only."""
        pixels = self._recent.get(number)
        if pixels is None:
            pixels = self._rendered(number)
            pixels.flags.writeable = False
            self._recent.put(number, pixels, pixels.nbytes)
        return pixels

    def _rendered(self, number: int) -> Array:
        effect, animations = self._stage.effect, self._stage.animations
        if all(animations[name].at(number) == value for name, value in effect.identity.items()):
            frame = self._server.clip.frame(number)
            assert frame is not None, "frames to render were checked against the clip"
            pixels = frame.pixels()
            if number in self._spoilt:
                self.fallen_back.add(number)
            return pixels
        out = np.empty(self.source.shape, self.source.dtype)
        self._server.fetched.clear()
        outcome = process(
            self._effect,
            self._server,
            out,
            request_of(effect, animations, number, self.source.encoding, self._fields),
            insist=True,  # who names an analysis counts on it
        )
        self.listings[number] = outcome.listings
        if outcome.notice:
            self._notices.append(outcome.notice)
        if outcome.fell_back or not self._spoilt.isdisjoint(self._server.fetched):
            self.fallen_back.add(number)
        return out


@dataclass(frozen=True, slots=True)
class _OutputFrame:
    output: _Output
    number: int

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.output.source.shape

    @property
    def identifier(self) -> str:
        return f"{self.output.name}:{self.number}"

    @property
    def premultiplied(self) -> bool:
        frame = self.output.source.frame(self.number)
        return frame is not None and frame.premultiplied

    @property
    def corner(self) -> tuple[int, int]:
        return 0, 0

    def pixels(self) -> Array:
        return self.output.picture(self.number)

    def rows(self, step: int) -> Array:
        return self.pixels()[every_row(self.shape[0], step)]
