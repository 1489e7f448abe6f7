# SPDX-License-Identifier: Apache-2.0
"""Restore: flicker and blotches together, in one pass over the frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from ..analysis import Record
from ..errors import FrameError
from ..frames import Array, FrameSource, RenderRequest
from ..ops.blotch.repair import apply
from ..ops.curves import curves_of
from ..ops.encoding import Encoding, resolve
from ..ops.fields import Bands
from ..ops.kernels import apply_curves
from ..ops.relief import relief_of
from ..params import Doc, File, Group, PerFrame, Slider, TemporalWindow
from . import light
from .base import Effect
from .deblotch import Blotches, DeblotchParams, Matte, find_repair
from .deflicker import DeflickerParams
from .shared import ANALYSIS, OUTPUT, Colour, Cuts

FLICKER = Group("Flicker")
BLOTCHES = Group("Blotches")


class RestoreView(StrEnum):
    """What is put out."""

    RESULT = "result"
    MATTE = "matte"
    OVERLAY = "overlay"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class RestoreParams:
    """Even out flicker and take out blotches, each with the other in mind."""

    flicker: Annotated[
        float,
        Slider(0.0, 1.0),
        Doc("How much of the flicker is taken out, over the whole frame and parts of it."),
    ] = 1.0
    repair: Annotated[
        float,
        Slider(0.0, 1.0),
        Doc("How much of each blotch's repair is put in.", "Blotches"),
    ] = 1.0
    radius: Annotated[
        int,
        Slider(2, 60, "frames"),
        Doc("Neighbours read on each side. Wider is steadier, and slower."),
    ] = 40
    colour: Annotated[
        Colour,
        FLICKER,
        Doc("Per channel also evens out flicker of colour; luminance keeps every pixel's hue."),
    ] = Colour.PER_CHANNEL
    keep_above: Annotated[
        float,
        Slider(0.1, 4.0, "stops"),
        FLICKER,
        Doc(
            "Flashes larger than this, and than the flicker, are meant and stay. Fades and lasting "
            "steps always stay.",
            "Keep changes above",
        ),
    ] = 1.0
    local: Annotated[
        float,
        Slider(0.0, 1.0),
        FLICKER,
        Doc("How much is done about flicker that differs over the frame.", "Local amount"),
    ] = 1.0
    resolution: Annotated[
        int,
        Slider(2, 12),
        FLICKER,
        Doc("How finely local flicker may differ: waves along each side, in halves."),
    ] = 6
    bands: Annotated[Bands, FLICKER, Doc("Rolling bands: along rows, along columns, or none.")] = (
        Bands.ROWS
    )
    blotches: Annotated[
        Blotches, BLOTCHES, Doc("Dark ones, bright ones, or both.", "Which blotches")
    ] = Blotches.BOTH
    sensitivity: Annotated[
        float,
        Slider(0.0, 1.0),
        BLOTCHES,
        Doc("Higher takes out more, and more that was no dirt."),
    ] = 0.5
    smallest: Annotated[
        float,
        Slider(0.0, 100.0, "% of height"),
        BLOTCHES,
        Doc("Blotches of a smaller diameter stay.", "Smallest size"),
    ] = 0.0
    largest: Annotated[
        float,
        Slider(0.0, 100.0, "% of height"),
        BLOTCHES,
        Doc("Blotches of a larger diameter stay.", "Largest size"),
    ] = 50.0
    motion_protection: Annotated[
        float,
        Slider(0.0, 1.0),
        BLOTCHES,
        Doc("Higher leaves more alone where motion cannot be followed."),
    ] = 0.5
    grain: Annotated[
        float,
        Slider(0.0, 1.0),
        BLOTCHES,
        Doc("How much of the grain around a blotch is given to its repair."),
    ] = 1.0
    matte: Annotated[
        Matte,
        BLOTCHES,
        Doc(
            "What is white in the Mask clip is repaired too (add), or never (forbid).", "Mask clip"
        ),
    ] = Matte.NONE
    cuts: Annotated[
        Cuts,
        ANALYSIS,
        Doc("Where a shot ends: at cuts found and marked, only at those marked, or nowhere."),
    ] = Cuts.AUTO
    cut_here: Annotated[
        bool,
        ANALYSIS,
        PerFrame(),
        Doc("Key this on for the first frame of a new shot, and off for the next frame."),
    ] = False
    encoding: Annotated[
        Encoding,
        ANALYSIS,
        Doc("How the clip's numbers stand for light. Auto takes what the host tells."),
    ] = Encoding.AUTO
    analysis: Annotated[
        str,
        File(),
        ANALYSIS,
        Doc(
            "What Analyse clip or `evenlight analyse` has written: two neighbours on each side are "
            "all that is read then. The result is the same.",
            "Analysis file",
        ),
    ] = ""
    analysis_offset: Annotated[
        int,
        Slider(-1_000_000, 1_000_000, "frames"),
        ANALYSIS,
        Doc("What is added to the host's frame number to get the analysis file's."),
    ] = 0
    view: Annotated[
        RestoreView,
        OUTPUT,
        Doc("The result, the matte, the matte in red over the frame, or what was changed."),
    ] = RestoreView.RESULT


class Restore(Effect):
    """Flicker with blotches as outliers, blotches in one light, one pass over the frames.

    The order of Fulari, Mulleti and Rajwade (WACV 2024): the light between frames is fitted
    robustly, so that blotches do not bend it; neighbours in one light show the blotches; what is
    repaired then goes through the flicker's correction. No frame is rendered twice, as it is where
    a Deflicker asks a Deblotch before it for its window.
    """

    identifier: ClassVar[str] = "org.evenlight.restore"
    label: ClassVar[str] = "Restore"
    description: ClassVar[str] = RestoreParams.__doc__ or ""
    version: ClassVar[tuple[int, int]] = (1, 0)
    params: ClassVar[type] = RestoreParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="radius", after="radius")
    identity: ClassVar[Mapping[str, Any]] = {
        "flicker": 0.0,
        "repair": 0.0,
        "view": RestoreView.RESULT,
    }

    def process(
        self, frames: FrameSource, request: RenderRequest, params: RestoreParams, out: Array
    ) -> str:
        """Fill `out` with the restored part of the frame, or with the view that is asked for."""
        source = frames.fetch(request.time)
        if source is None:
            raise FrameError(f"the clip has no frame at {request.time:g}")
        encoding = resolve(params.encoding, request.encoding)
        flicker, blotch = flicker_params(params), blotch_params(params)
        found = light.find_light(frames, request, flicker, source, encoding)
        correction = found.light.correction(flicker.strength, flicker.local)
        repair = find_repair(frames, request, blotch, source, encoding)
        repaired = source.pixels()
        if repair.patches:
            repaired = repaired.copy()
            apply(repair, repaired, (0, 0))
        apply_curves(
            repaired,
            curves_of(correction.gains, encoding, by_luminance=params.colour is Colour.LUMINANCE),
            out,
            relief=relief_of(correction.field, encoding, source.shape[:2]),
            origin=request.origin,
            premultiplied=source.premultiplied,
        )
        if params.view is not RestoreView.RESULT:
            from .deblotch_views import draw

            draw(params.view, repair, source.pixels(), request.origin, encoding, out)
        return found.notice

    def reach(self, params: RestoreParams) -> int:
        """The frames that blotches are looked for in."""
        return min(params.radius, blotch_params(params).look)

    def record(self, request: RenderRequest, params: RestoreParams) -> Record | None:
        """As the analysis has it."""
        return light.record(request, flicker_params(params))

    def analyse(
        self,
        frames: FrameSource,
        request: RenderRequest,
        params: RestoreParams,
        memory: light.Memory,
    ) -> Record:
        """The frame's light, as Deflicker would have it."""
        return light.analyse(frames, request, flicker_params(params), memory)


def flicker_params(params: RestoreParams) -> DeflickerParams:
    """The part that Deflicker has too."""
    return DeflickerParams(
        strength=params.flicker,
        radius=params.radius,
        colour=params.colour,
        keep_above=params.keep_above,
        local=params.local,
        resolution=params.resolution,
        bands=params.bands,
        cuts=params.cuts,
        encoding=params.encoding,
        analysis=params.analysis,
        analysis_offset=params.analysis_offset,
    )


def blotch_params(params: RestoreParams) -> DeblotchParams:
    """The part that Deblotch has too."""
    return DeblotchParams(
        strength=params.repair,
        look=2,
        blotches=params.blotches,
        sensitivity=params.sensitivity,
        smallest=params.smallest,
        largest=params.largest,
        motion_protection=params.motion_protection,
        grain=params.grain,
        matte=params.matte,
        cuts=params.cuts,
        encoding=params.encoding,
    )
