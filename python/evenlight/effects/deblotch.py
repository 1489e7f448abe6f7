# SPDX-License-Identifier: Apache-2.0
"""Deblotch: takes out dirt, stains and sparkle that show in a single frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from ..blotch.detect import Around, Wanted, find
from ..blotch.fill import Patch, patches
from ..blotch.preview import Look, look_at, looked_mask
from ..blotch.repair import Repair, apply, repair_of
from ..colour.encoding import Encoding, resolve
from ..errors import Aborted
from ..frames import Array, Frame, FrameSource, Outcome, RenderRequest
from ..inference import sessions
from ..kernels.pixels import copy_window, mask_weights
from ..params import Doc, Group, Slider, TemporalWindow
from .base import Effect
from .parameters import (
    OUTPUT,
    Blotches,
    BlotchView,
    BlotchViewParam,
    CutHereParam,
    Cuts,
    EncodingParam,
    GrainParam,
    LargestParam,
    Matte,
    MatteParam,
    MotionProtectionParam,
    SensitivityParam,
    ShotEndParam,
    SmallestParam,
    marks_of,
    source_of,
)

DETECTION = Group("Detection")
#: Log odds from the least to the greatest sensitivity.
_ODDS = 8.0
#: Log odds that are asked for at a sensitivity of one half: doing harm is worse than leaving dirt.
_CAUTION = 0.7
#: Log odds that a pixel of unsure motion costs at full protection.
_PROTECTION = 2.0


@dataclass(frozen=True, slots=True)
class DeblotchParams:
    """Take out dirt, stains and sparkle that show in one frame only."""

    strength: Annotated[
        float,
        Slider(0.0, 1.0),
        Doc("How much of each repair is put in; 0 leaves the frame as it came."),
    ] = 1.0
    look: Annotated[
        int,
        Slider(1, 2, "frames"),
        Doc(
            "Neighbours read on each side. With two, neighbours are cleaned before they are used, "
            "and the first and last frame of a shot can be repaired.",
            "Frames to look",
        ),
    ] = 2
    grain: GrainParam = 1.0
    blotches: Annotated[Blotches, DETECTION, Doc("Dark ones, bright ones, or both.")] = (
        Blotches.BOTH
    )
    sensitivity: Annotated[SensitivityParam, DETECTION] = 0.5
    smallest: Annotated[SmallestParam, DETECTION] = 0.0
    largest: Annotated[LargestParam, DETECTION] = 50.0
    motion_protection: Annotated[MotionProtectionParam, DETECTION] = 0.5
    matte: Annotated[MatteParam, DETECTION] = Matte.NONE
    cuts: ShotEndParam = Cuts.AUTO
    cut_here: CutHereParam = False
    encoding: EncodingParam = Encoding.AUTO
    matte_to_alpha: Annotated[
        bool, OUTPUT, Doc("Put the matte of what was repaired into the alpha channel.")
    ] = False
    view: BlotchViewParam = BlotchView.RESULT


class Deblotch(Effect):
    """Two-sided detection with a learned score, motion-compensated repair."""

    identifier: ClassVar[str] = "org.evenlight.deblotch"
    label: ClassVar[str] = "Deblotch"
    description: ClassVar[str] = DeblotchParams.__doc__ or ""
    version: ClassVar[tuple[int, int]] = (1, 0)
    params: ClassVar[type] = DeblotchParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="look", after="look")
    identity: ClassVar[Mapping[str, Any]] = {
        "strength": 0.0,
        "view": BlotchView.RESULT,
        "matte_to_alpha": False,
    }

    def process(
        self, frames: FrameSource, request: RenderRequest, params: DeblotchParams, out: Array
    ) -> Outcome:
        """Fill `out` with the repaired part of the frame, or with the view that is asked for."""
        source = source_of(frames, request)
        encoding = resolve(params.encoding, request.encoding)
        repair = find_repair(frames, request, params, source, encoding)
        copy_window(source.pixels(), request.origin, out)
        apply(repair, out, request.origin)
        if params.view is not BlotchView.RESULT:
            from ..views.deblotch import draw

            draw(params.view, repair, source.pixels(), request.origin, encoding, out)
        elif params.matte_to_alpha and out.shape[2] == 4:
            from ..views.deblotch import put_alpha

            put_alpha(repair, request.origin, out)
        return Outcome(sessions.notice())


def find_repair(
    frames: FrameSource,
    request: RenderRequest,
    params: DeblotchParams,
    source: Frame,
    encoding: Encoding,
) -> Repair:
    """The repair of the frame; raises FrameError where the mask is of another size."""
    fetched: dict[int, Frame | None] = {0: source}
    around = _around(frames, request, params, source, encoding, fetched)
    white = _mask(frames, request, params, source)
    added = None
    if white is not None and params.matte is Matte.ADD:
        added = looked_mask(white, around(0))
    found = find(around, wanted_of(params), params.look, added)
    made: list[Patch] = []
    if found is not None and params.strength > 0:
        beside = [fetched[neighbour.offset] for neighbour in found.neighbours]
        made = patches(source, found, [one for one in beside if one], encoding, params.grain)
    allowed = None
    if white is not None and params.matte is Matte.FORBID:
        allowed = np.clip(1 - white, 0, 1)
    return repair_of(source.shape, made, allowed, params.strength)


def wanted_of(params: DeblotchParams) -> Wanted:
    """What of the parameters says which candidates count."""
    return Wanted(
        log_odds=_CAUTION + _ODDS * (0.5 - params.sensitivity),
        protection=_PROTECTION * (params.motion_protection - 0.5),
        dark=params.blotches is not Blotches.BRIGHT,
        bright=params.blotches is not Blotches.DARK,
        smallest=params.smallest / 100,
        largest=params.largest / 100,
        find_cuts=params.cuts is Cuts.AUTO,
    )


def _mask(
    frames: FrameSource, request: RenderRequest, params: DeblotchParams, source: Frame
) -> Array | None:
    mask = frames.fetch_mask(request.time) if params.matte is not Matte.NONE else None
    return None if mask is None else mask_weights(mask.pixels(), source.shape)


def _around(
    frames: FrameSource,
    request: RenderRequest,
    params: DeblotchParams,
    source: Frame,
    encoding: Encoding,
    fetched: dict[int, Frame | None],
) -> Around:
    marks = marks_of(request, params.cuts)
    looks: dict[int, Look | None] = {}

    def around(offset: int) -> Look | None:
        if offset in looks:
            return looks[offset]
        if frames.aborted():
            raise Aborted
        looks[offset] = None
        between = range(1, offset + 1) if offset > 0 else range(offset + 1, 1)
        if abs(offset) > params.look or (offset and any(marks.get(o, False) for o in between)):
            return None
        frame = source if offset == 0 else frames.fetch(request.time + offset)
        fetched[offset] = frame
        if frame is not None and frame.shape == source.shape:
            looks[offset] = look_at(frame, encoding)
        return looks[offset]

    return around
