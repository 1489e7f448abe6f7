# SPDX-License-Identifier: Apache-2.0
"""Frames of a clip before and after, as the decisions of a repairs file make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..animation import Animation
from ..batch import Stop
from ..batch.chain import Chain
from ..colour.encoding import Encoding, resolve
from ..errors import ParamError, RepairsError
from ..frames import Array
from ..graph import Graph, Stage
from ..interlaced import Fields
from ..io import Reader
from ..io.recent import Recent
from ..motion.preview import Region, measure
from ..presets import graph_of
from ..repairs.file import Repairs
from ..repairs.match import check_size
from ..views.display import shown

#: Frames on each side that Restore reads where its light is left out: those that blotches need.
_REACH = 6
#: Frames that are kept.
_KEPT = 16


class Pictures:
    """Frames as a screen shows them (H, W, 3) uint8, by the numbers of a repairs file."""

    def __init__(self, reader: Reader, repairs: Repairs, path: Path) -> None:
        """Raises RepairsError where the clip is not the one that was listed."""
        check_size(repairs, reader.shape)
        self.size = reader.shape[:2]
        self._reader, self._path = reader, path
        self._graph = _blotches_only(repairs)
        self._shift = self._found(repairs)
        self._chain: Chain | None = None
        self._before: Recent[Array] = Recent(_KEPT)
        self._after: Recent[Array] = Recent(_KEPT)

    def has(self, number: int) -> bool:
        """Whether the clip has the frame."""
        return self._reader.first <= number + self._shift <= self._reader.last

    def forget(self) -> None:
        """Make frames anew, for the decisions have changed."""
        self._chain = None
        self._after = Recent(_KEPT)

    def before(self, number: int) -> Array:
        """The frame as it came."""
        return self._kept(self._before, number, self._read)

    def after(self, number: int) -> Array:
        """The frame with its repairs, its light as it was."""
        return self._kept(self._after, number, self._rendered)

    def _kept(self, recent: Recent[Array], number: int, make: Callable[[int], Array]) -> Array:
        picture = recent.get(number)
        if picture is None:
            picture = shown(make(number + self._shift), self._reader.encoding)
            recent.put(number, picture, picture.nbytes)
        return picture

    def _read(self, number: int) -> Array:
        frame = self._reader.frame(number)
        if frame is None:
            raise RepairsError(f"{self._reader.path} has no frame {number}")
        return frame.pixels()

    def _rendered(self, number: int) -> Array:
        if self._chain is None:
            graph = self._graph.with_repairs(str(self._path))
            self._chain = Chain(graph, self._reader, None, Stop(), Fields.NONE)
        return self._chain.render(number)[0]

    def _found(self, repairs: Repairs) -> int:
        """The difference of a frame's number in the clip and the one it is listed by."""
        params = self._graph.stages[0].params_at(0)
        encoding = resolve(getattr(params, "encoding", Encoding.AUTO), self._reader.encoding)
        listed = {key.tobytes(): n for key, n in zip(repairs.keys, repairs.frames, strict=True)}
        for number in range(self._reader.first, self._reader.last + 1):
            frame = self._reader.frame(number)
            if frame is None:
                continue
            key = measure(frame, Region(), encoding, by_maximum=False).digest
            if key in listed:
                return number - listed[key]
        raise repairs.refusal(f"no frame of {self._reader.path} is one of those that were listed")


def _blotches_only(repairs: Repairs) -> Graph:
    """The effects that the blotches were found with, their light left as it is."""
    try:
        graph = graph_of(repairs.header.effects).without_files()
        graph.with_repairs("")
    except ParamError as error:
        raise repairs.refusal(str(error)) from error
    return Graph(tuple(_quick(stage) for stage in graph.stages))


def _quick(stage: Stage) -> Stage:
    if "flicker" not in stage.animations:
        return stage
    quick = {"flicker": 0.0, "local": 0.0, "exposure_trim": 0.0, "method": "classical"}
    own = {name: stage.animations[name] for name in (*quick, "radius")}
    changed = {name: Animation.of(own[name].spec, value) for name, value in quick.items()}
    nearer = tuple(min(value, _REACH) for value in own["radius"].values)
    return stage.with_values(changed | {"radius": replace(own["radius"], values=nearer)})
