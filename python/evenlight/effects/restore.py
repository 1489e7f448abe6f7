# SPDX-License-Identifier: Apache-2.0
"""Restore: flicker and blotches together, in one pass over the frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from ..analysis import Record, Search
from ..blotch.copies import MOST_SHOWN
from ..blotch.repair import Repair, apply
from ..blotch.settings import Blotches, BlotchSettings, Matte
from ..colour.encoding import Encoding
from ..flicker.estimate import Correction
from ..flicker.settings import Colour, FlickerSettings, Joins, Method
from ..frames import Array, FrameSource, Outcome, RenderRequest
from ..inference.networks import Device
from ..motion.fields import Bands, Solver
from ..motion.window import Cuts
from ..params import Applied, Doc, File, Kept, Needs, Since, Slider, TemporalWindow, Words
from .analysis_record import search_of
from .base import Effect
from .blotch_stage import BlotchStage
from .flicker_stage import FlickerStage, FoundFlicker, apply_correction
from .parameters import (
    BLOTCHES,
    FARM,
    FLICKER,
    LOCAL,
    AnalysisOffsetParam,
    CloseGapsParam,
    ColourParam,
    CutHereParam,
    DeviceParam,
    EncodingParam,
    ExposureTrimParam,
    FallBackParam,
    GrainParam,
    GrowParam,
    JoinsParam,
    KeepAboveParam,
    LargestParam,
    LightStageParam,
    MatteParam,
    MethodParam,
    MotionProtectionParam,
    RepairsParam,
    RestoreView,
    SensitivityParam,
    ShotEndParam,
    SmallestParam,
    SteadinessParam,
    TemporalStageParam,
    source_of,
)

#: While flicker, or blotches, are wanted at all.
_LIGHT, _DIRT = Needs.any_of("flicker"), Needs.any_of("repair")
#: The version that brought the shape of mattes.
_MENDS = (1, 2)
#: Film frames on each side that blotches are looked for in.
_LOOK = 2


@dataclass(frozen=True, slots=True)
class RestoreParams:
    """Even out flicker and take out blotches, each with the other in mind."""

    view: Annotated[
        RestoreView,
        Applied(),
        Kept(),
        Words.of(graph="Graph over time"),
        Doc(
            "The result, the matte, the matte in red over the frame, what was changed, the "
            "correction of light in stops, or the flicker graph over the window."
        ),
    ] = RestoreView.RESULT
    flicker: Annotated[
        float,
        Slider(0.0, 1.0),
        Applied(),
        Doc("How much of the flicker is taken out, over the whole frame and parts of it."),
    ] = 1.0
    repair: Annotated[
        float,
        Slider(0.0, 1.0),
        Applied(),
        Doc("How much of each blotch's repair is put in.", "Blotches"),
    ] = 1.0
    colour: Annotated[ColourParam, _LIGHT] = Colour.PER_CHANNEL
    steadiness: Annotated[SteadinessParam, _LIGHT] = 0.5
    keep_above: Annotated[KeepAboveParam, _LIGHT] = 1.0
    exposure_trim: ExposureTrimParam = 0.0
    radius: Annotated[
        int,
        Slider(2, 60, "frames"),
        FLICKER,
        Doc("Neighbours read on each side. Wider is steadier, and slower."),
    ] = 40
    local: Annotated[
        float,
        Slider(0.0, 1.0),
        FLICKER,
        _LIGHT,
        Doc("How much is done about flicker that differs over the frame.", "Local flicker"),
    ] = 1.0
    resolution: Annotated[
        int,
        Slider(2, 12),
        FLICKER,
        _LIGHT,
        LOCAL,
        Doc("How finely local flicker may differ: waves along each side, in halves."),
    ] = 6
    bands: Annotated[
        Bands,
        FLICKER,
        _LIGHT,
        LOCAL,
        Doc("Rolling bands: along rows, along columns, or none."),
    ] = Bands.ROWS
    method: Annotated[MethodParam, _LIGHT] = Method.LEARNED
    stage_light: Annotated[LightStageParam, _LIGHT] = 1.0
    stage_temporal: Annotated[TemporalStageParam, _LIGHT] = 1.0
    joins: Annotated[JoinsParam, _LIGHT] = Joins.KEEP
    blotches: Annotated[
        Blotches,
        BLOTCHES,
        _DIRT,
        Applied(),
        Doc("Dark ones, bright ones, or both.", "Which blotches"),
    ] = Blotches.BOTH
    sensitivity: Annotated[SensitivityParam, BLOTCHES, _DIRT] = 0.5
    smallest: Annotated[SmallestParam, _DIRT] = 0.0
    largest: Annotated[LargestParam, _DIRT] = 50.0
    motion_protection: Annotated[MotionProtectionParam, _DIRT] = 0.5
    grain: Annotated[GrainParam, _DIRT] = 1.0
    grow: Annotated[GrowParam, _DIRT, Since(_MENDS, legacy=0.0)] = 0.0
    close_gaps: Annotated[CloseGapsParam, _DIRT, Since(_MENDS, legacy=0.0)] = 0.0
    matte: Annotated[MatteParam, _DIRT] = Matte.NONE
    repairs: Annotated[RepairsParam, _DIRT, Since(_MENDS, legacy="")] = ""
    cuts: ShotEndParam = Cuts.AUTO
    cut_here: CutHereParam = False
    encoding: EncodingParam = Encoding.AUTO
    analysis: Annotated[
        str,
        File(),
        FARM,
        Applied(),
        Kept(),
        Doc(
            "What Analyse clip or `evenlight analyse` has written: six neighbours on each side are "
            "all that may be read then. The result is the same.",
            "Analysis file",
        ),
    ] = ""
    analysis_offset: AnalysisOffsetParam = 0
    device: DeviceParam = Device.AUTO
    fall_back: FallBackParam = True


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
    guide: ClassVar[str] = (
        "Leave it at its defaults first, or choose a preset. It evens out the light, takes out "
        "dirt that shows in one frame alone, and does each with the other in mind.\n\n"
        "- **View** shows what was found and changed: the matte, the correction, a graph.\n"
        "- **Auto** looks at the clip and sets the controls.\n"
        "- **Flicker** and **Blotches** are the amounts; at 0 that part is left alone.\n"
        "- Connect a **Mask** to repair where it is white, or, with *Mask clip*, to keep what is "
        "there.\n"
        "- **Analyse clip** writes a file by which farms need few neighbours."
    )
    version: ClassVar[tuple[int, int]] = (1, 2)
    params: ClassVar[type] = RestoreParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="radius", after="radius")
    identity: ClassVar[Mapping[str, Any]] = {
        "flicker": 0.0,
        "repair": 0.0,
        "view": RestoreView.RESULT,
    }
    masked: ClassVar[Mapping[str, Any]] = {"matte": Matte.ADD}

    def process(
        self, frames: FrameSource, request: RenderRequest, params: RestoreParams, out: Array
    ) -> Outcome:
        """Fill `out` with the restored part of the frame, or with the view that is asked for."""
        source = source_of(frames, request)
        stage = FlickerStage(frames, request, flicker_settings(params), self.resources)
        found = stage.find(source)
        stained = BlotchStage(frames, request, blotch_settings(params), self.resources).find(source)
        repair = stained.repair
        repaired = source.pixels()
        if repair.patches:
            repaired = repaired.copy()
            apply(repair, repaired, (0, 0))
        correction = found.estimate.correction(params.flicker, params.local, params.exposure_trim)
        apply_correction(stage, correction, repaired, out, premultiplied=source.premultiplied)
        if params.view is not RestoreView.RESULT:
            _draw(params, stage, found, correction, repair, source.pixels(), out)
        notice = self.resources.sessions.notice
        own = Outcome("" if notice in found.notice else notice, listings=(stained.listing,))
        return Outcome.joined(found.outcome, own)

    def reach(self, params: RestoreParams) -> int | None:
        """The frames that blotches are looked for in; all of them where the graph is wanted."""
        return None if params.view is RestoreView.GRAPH else min(params.radius, _LOOK * MOST_SHOWN)

    def search(self, request: RenderRequest, params: RestoreParams) -> Search | None:
        """By the settings of the flicker stage."""
        if params.view is RestoreView.GRAPH:
            return None
        return search_of(request, flicker_settings(params), self.resources.memo)

    def analyse(self, frames: FrameSource, request: RenderRequest, params: RestoreParams) -> Record:
        """The frame's flicker, as Deflicker would have it."""
        stage = FlickerStage(frames, request, flicker_settings(params), self.resources)
        return stage.analyse(source_of(frames, request))


def _draw(
    params: RestoreParams,
    stage: FlickerStage,
    found: FoundFlicker,
    correction: Correction,
    repair: Repair,
    pixels: Array,
    out: Array,
) -> None:
    """Replace the result in `out` by the view that is asked for."""
    from ..views import deblotch, deflicker

    origin, encoding = stage.request.origin, stage.encoding
    if params.view in (RestoreView.CORRECTION, RestoreView.GRAPH):
        region = stage.settings.rows_and_columns
        seen = deflicker.Seen(found.window, found.estimator, params.flicker, region)
        deflicker.draw(params.view, seen, correction, pixels, origin, encoding, out)
        return
    is_relit = not correction.is_nothing
    deblotch.draw(params.view, repair, pixels, origin, encoding, out, is_relit=is_relit)


def flicker_settings(params: RestoreParams) -> FlickerSettings:
    """The settings of the flicker stage."""
    return FlickerSettings(
        region=(0.0, 0.0, 1.0, 1.0),
        colour=params.colour,
        encoding=params.encoding,
        cuts=params.cuts,
        radius=params.radius,
        keep_above=params.keep_above,
        steadiness=params.steadiness,
        local=params.local,
        resolution=params.resolution,
        bands=params.bands,
        solver=Solver.EXACT,
        method=params.method,
        stage_light=params.stage_light,
        stage_temporal=params.stage_temporal,
        strength=params.flicker,
        exposure_trim=params.exposure_trim,
        joins=params.joins,
        device=params.device,
        fall_back=params.fall_back,
        analysis=params.analysis,
        analysis_offset=params.analysis_offset,
    )


def blotch_settings(params: RestoreParams) -> BlotchSettings:
    """The settings of the blotch stage."""
    return BlotchSettings(
        strength=params.repair,
        look=_LOOK,
        reach=min(params.radius, _LOOK * MOST_SHOWN),
        grain=params.grain,
        grow=params.grow,
        close_gaps=params.close_gaps,
        blotches=params.blotches,
        sensitivity=params.sensitivity,
        smallest=params.smallest,
        largest=params.largest,
        motion_protection=params.motion_protection,
        matte=params.matte,
        repairs=params.repairs,
        cuts=params.cuts,
        encoding=params.encoding,
        device=params.device,
    )
