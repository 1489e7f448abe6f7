# SPDX-License-Identifier: Apache-2.0
"""One function for each effect: frames in, frames out, one at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import TypeAlias

from ..animation import Animation
from ..batch.chain import Chain, Source
from ..batch.job import fields_of
from ..batch.stop import Stop
from ..effects import Deblotch, Deflicker, Effect, Restore
from ..errors import FrameError, ParamError
from ..frames import Array
from ..graph import Graph, Stage
from ..interlaced import FieldChoice, Fields
from ..masking import with_mask
from .clip import Clip
from .still import Still
from .stream import Stream

#: A parameter's value, or its keyframes by the frame's number.
Value: TypeAlias = float | str | Mapping[int, float | str]

#: Hears how many frames are finished, and of how many where that is known.
Progress: TypeAlias = Callable[[int, int | None], None]


def deflicker(
    frames: Iterable[Array],
    *,
    mask: Array | None = None,
    encoding: str = "",
    fields: str = "auto",
    progress: Progress | None = None,
    **parameters: Value,
) -> Iterator[Array]:
    """Frames whose light is even from one to the next; see `restore` for the arguments."""
    return _rendered(_stage(Deflicker, mask, parameters), frames, mask, encoding, fields, progress)


def deblotch(
    frames: Iterable[Array],
    *,
    mask: Array | None = None,
    encoding: str = "",
    fields: str = "auto",
    progress: Progress | None = None,
    **parameters: Value,
) -> Iterator[Array]:
    """Frames without dirt and blotches; see `restore` for the arguments."""
    return _rendered(_stage(Deblotch, mask, parameters), frames, mask, encoding, fields, progress)


def restore(
    frames: Iterable[Array],
    *,
    mask: Array | None = None,
    encoding: str = "",
    fields: str = "auto",
    progress: Progress | None = None,
    **parameters: Value,
) -> Iterator[Array]:
    """Frames without flicker, dirt and blotches, the same bytes as the command line renders.

    `frames` are an array (T, H, W, C), any iterable of arrays (H, W) or (H, W, C), of which no more
    is taken than the window reaches, or a clip that `open_clip` opened. Integers mean 0..1 scaled
    to their full range. `mask` (H, W) or (H, W, C) is that of every frame. `encoding` is how the
    numbers of frames in memory stand for light; a clip has its own. `fields` is "upper first" or
    "lower first" where frames are interlaced, and "off" where that is not to count; "auto" is as
    the file of a clip says. `parameters` are those of the effect, with their defaults on the
    command line; a mapping gives keyframes, whose times count from 0, or are a clip's own numbers.
    Sentences about single frames come as warnings.

    Raises ParamError for parameters, FrameError for frames that cannot be rendered; both are
    EvenlightErrors.
    """
    return _rendered(_stage(Restore, mask, parameters), frames, mask, encoding, fields, progress)


def _stage(effect: type[Effect], mask: Array | None, parameters: Mapping[str, Value]) -> Stage:
    """The effect with its parameters; raises ParamError for one that it has not got."""
    stage = Stage.default(effect)
    specs = {name: animation.spec for name, animation in stage.animations.items()}
    for name in parameters:
        if name not in specs:
            raise ParamError(f"{stage.name} has no parameter {name!r}; it has {', '.join(specs)}")
    chosen = {name: Animation.of(specs[name], value) for name, value in parameters.items()}
    return with_mask(stage.with_values(chosen), chosen, is_given=mask is not None)


def _rendered(
    stage: Stage,
    frames: Iterable[Array],
    mask: Array | None,
    encoding: str,
    fields: str,
    progress: Progress | None,
) -> Iterator[Array]:
    """The stage's frames; what is wrong with the arguments is raised before the first."""
    source: Source = Stream(frames, encoding) if not isinstance(frames, Clip) else frames.reader
    if isinstance(frames, Clip) and encoding:
        raise ParamError("a clip has an encoding of its own; leave `encoding` out")
    still = None if mask is None else Still(mask)
    if still is not None and still.shape[:2] != source.shape[:2]:
        raise FrameError(
            f"the mask is {still.shape[1]} x {still.shape[0]}, and the frames are "
            f"{source.shape[1]} x {source.shape[0]}; they must be of one size"
        )
    first = frames.reader.first if isinstance(frames, Clip) else 0
    total = len(frames) if isinstance(frames, Sized) else None
    chain = Chain(Graph((stage,)), source, still, Stop(), _order(fields, frames))
    return _each(chain, stage, source, first, lambda done: progress and progress(done, total))


def _order(fields: str, frames: Iterable[Array]) -> Fields:
    """The order of the fields; raises ParamError for a choice that there is not."""
    if fields not in list(FieldChoice):
        raise ParamError(f"fields is {fields!r}; it can be {', '.join(FieldChoice)}")
    own = fields_of(frames.reader) if isinstance(frames, Clip) else Fields.NONE
    return FieldChoice(fields).order(own)


def _each(
    chain: Chain, stage: Stage, source: Source, first: int, tell: Callable[[int], object]
) -> Iterator[Array]:
    """The frames that the stage puts out, in order."""
    number = first
    while source.frame(number) is not None:
        pixels, outcome = chain.render(number)
        if outcome.notice:
            warnings.warn(f"frame {number}: {outcome.notice}", stacklevel=2)
        number += 1
        tell(number - first)
        if isinstance(source, Stream):
            source.forget(number - stage.reach[0])
            pixels = source.given_back(pixels)
        yield pixels
