# SPDX-License-Identifier: Apache-2.0
"""Deflicker: evens out brightness and colour that jump from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from ..analysis import Record, Search
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
from .flicker_stage import FlickerStage, FoundFlicker, apply_correction
from .parameters import (
    CUT_WORDS,
    FARM,
    FLICKER,
    LOCAL,
    NETWORKS,
    SHOT,
    AnalysisOffsetParam,
    ColourParam,
    CutHereParam,
    DeviceParam,
    EncodingParam,
    ExposureTrimParam,
    FallBackParam,
    JoinsParam,
    KeepAboveParam,
    LightStageParam,
    MethodParam,
    SteadinessParam,
    TemporalStageParam,
    source_of,
)
from .texture_stage import TextureStage

#: While the correction is wanted at all.
_LIGHT = Needs.any_of("strength")


class View(StrEnum):
    """Picture that is put out."""

    RESULT = "result"
    DIFFERENCE = "difference"
    CORRECTION = "correction"
    EXPOSURE = "exposure"
    GRAPH = "graph"
    LIGHT = "light"
    TEMPORAL = "temporal"
    TEXTURE = "texture"
    MEASURED = "measured"


#: Views for which an analysis does not stand: it holds neither neighbours nor what a stage did.
_OF_NEIGHBOURS = (View.GRAPH, View.LIGHT, View.TEMPORAL, View.TEXTURE, View.MEASURED)


@dataclass(frozen=True, slots=True)
class DeflickerParams:
    """Even out brightness and colour that jump from frame to frame."""

    view: Annotated[
        View,
        Applied(),
        Kept(),
        Words.of(
            exposure="Exposure map",
            graph="Graph over time",
            light="Networks: light",
            temporal="Networks: second look",
            texture="Lost texture",
            measured="What is measured",
        ),
        Doc(
            "What is shown: the result, what was changed, the correction in stops, the exposure "
            "map, the flicker graph over the window, in stops what the networks found at first "
            "and at a second look, the lost texture that was put in, or what of the picture is "
            "measured: borders are left out."
        ),
    ] = View.RESULT
    strength: Annotated[
        float,
        Slider(0.0, 1.0),
        Applied(),
        Doc("How much of the correction is applied; 0 leaves the frame as it came."),
    ] = 1.0
    colour: Annotated[ColourParam, _LIGHT] = (
        Colour.PER_CHANNEL
    )  # not `channels`: hosts have a knob of that name
    steadiness: Annotated[SteadinessParam, _LIGHT] = 0.5
    keep_above: Annotated[KeepAboveParam, _LIGHT] = 1.0
    exposure_trim: ExposureTrimParam = 0.0
    radius: Annotated[
        int,
        Slider(1, 60, "frames"),
        FLICKER,
        Doc("Neighbours read on each side. Wider is steadier, and slower."),
    ] = 40
    local: Annotated[
        float,
        Slider(0.0, 1.0),
        FLICKER,
        _LIGHT,
        Doc(
            "How much is done about flicker that differs over the frame; nothing is where there is "
            "none of it.",
            "Local flicker",
        ),
    ] = 1.0
    resolution: Annotated[
        int,
        Slider(2, 12),
        FLICKER,
        _LIGHT,
        LOCAL,
        Doc(
            "How finely local flicker may differ: waves along each side of the frame, in halves. "
            "Higher needs more texture to go by.",
        ),
    ] = 6
    bands: Annotated[
        Bands,
        FLICKER,
        _LIGHT,
        LOCAL,
        Doc("Rolling bands, as of lamps under a rolling shutter: along rows, columns, or none."),
    ] = Bands.ROWS
    solver: Annotated[
        Solver,
        FLICKER,
        _LIGHT,
        LOCAL,
        Words.of(exact="Exact", unrolled="By a network (a trial)", none="Not at all"),
        Doc(
            "How local flicker is fitted: exactly; by an unrolled network, which is a trial; or "
            "not at all (none), which is faster and leaves it to the networks."
        ),
    ] = Solver.EXACT
    method: Annotated[MethodParam, _LIGHT] = Method.LEARNED
    stage_light: Annotated[LightStageParam, _LIGHT] = 1.0
    stage_temporal: Annotated[TemporalStageParam, _LIGHT] = 1.0
    stage_local: Annotated[
        float,
        Slider(0.0, 1.0),
        FLICKER,
        _LIGHT,
        NETWORKS,
        Applied(),
        Since((1, 1), legacy=0.0),
        Doc(
            "How much of the texture that flicker clipped is taken from frames beside, where a "
            "network believes them. It needs their pixels, so above 0 no analysis file is used.",
            "Networks: lost texture",
        ),
    ] = 0.0
    joins: Annotated[JoinsParam, _LIGHT] = Joins.KEEP
    cuts: Annotated[
        Cuts,
        SHOT,
        CUT_WORDS,
        Kept(),
        Doc("Where the window ends: at cuts found and marked, only at those marked, or nowhere."),
    ] = Cuts.AUTO
    cut_here: CutHereParam = False
    encoding: EncodingParam = Encoding.AUTO
    region_left: Annotated[
        float,
        Slider(0.0, 1.0),
        SHOT,
        Kept(),
        Doc("Left edge of the part that is analysed, as a share of the width."),
    ] = 0.0
    region_right: Annotated[
        float,
        Slider(0.0, 1.0),
        SHOT,
        Kept(),
        Doc("Right edge of the part that is analysed, as a share of the width."),
    ] = 1.0
    region_bottom: Annotated[
        float,
        Slider(0.0, 1.0),
        SHOT,
        Kept(),
        Doc("Lower edge of the part that is analysed, as a share of the height."),
    ] = 0.0
    region_top: Annotated[
        float,
        Slider(0.0, 1.0),
        SHOT,
        Kept(),
        Doc("Upper edge of the part that is analysed, as a share of the height."),
    ] = 1.0
    use_mask: Annotated[
        bool, SHOT, Applied(), Kept(), Doc("Correct only where the Mask clip is white.")
    ] = False
    invert_mask: Annotated[
        bool,
        SHOT,
        Needs.any_of("use_mask"),
        Applied(),
        Kept(),
        Doc("Correct only where the Mask clip is black, where it is used at all."),
    ] = False
    analysis: Annotated[
        str,
        File(),
        FARM,
        Applied(),
        Kept(),
        Doc(
            "What Analyse clip or `evenlight analyse` has written: neighbours need not be read "
            "then. The result is the same.",
            "Analysis file",
        ),
    ] = ""
    analysis_offset: AnalysisOffsetParam = 0
    device: Annotated[DeviceParam, Needs.any_of("method", "solver")] = Device.AUTO
    fall_back: Annotated[FallBackParam, Needs.any_of("method", "solver")] = True


class Deflicker(Effect):
    """Scale-time equalisation on motion-matched cells, robust in time."""

    identifier: ClassVar[str] = "org.evenlight.deflicker"
    label: ClassVar[str] = "Deflicker"
    description: ClassVar[str] = DeflickerParams.__doc__ or ""
    guide: ClassVar[str] = (
        "Leave it at its defaults first. It compares each frame with its neighbours on the same "
        "points of the scene, and corrects no more than it can show; a clip that does not flicker "
        "comes back as it is.\n\n"
        "- **View** shows what was changed, the correction in stops, or a graph over time.\n"
        "- **Auto** looks at the clip and sets the controls.\n"
        "- **Strength** is the amount of all; **Steadiness** says how slow a wander counts.\n"
        "- Connect a **Mask** to correct only where it is white.\n"
        "- **Analyse clip** writes a file by which farms need no neighbours."
    )
    version: ClassVar[tuple[int, int]] = (1, 2)  # major: a saved project may look different
    params: ClassVar[type] = DeflickerParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="radius", after="radius")
    identity: ClassVar[Mapping[str, Any]] = {
        "strength": 0.0,
        "exposure_trim": 0.0,
        "view": View.RESULT,
    }
    masked: ClassVar[Mapping[str, Any]] = {"use_mask": True}
    region: ClassVar[tuple[str, ...]] = (
        "region_left", "region_bottom", "region_right", "region_top",
    )  # fmt: skip

    def process(
        self, frames: FrameSource, request: RenderRequest, params: DeflickerParams, out: Array
    ) -> Outcome:
        """Fill `out` with the corrected part of the frame, or with the view that is asked for."""
        source = source_of(frames, request)
        stage = FlickerStage(frames, request, flicker_settings(params), self.resources)
        found = stage.find(source)
        correction = found.estimate.correction(params.strength, params.local, params.exposure_trim)
        mask = frames.fetch_mask(request.time) if params.use_mask else None
        apply_correction(
            stage,
            correction,
            source.pixels(),
            out,
            premultiplied=source.premultiplied,
            mask=None if mask is None else mask.pixels(),
            invert_mask=params.invert_mask,
        )
        without_texture = out.copy() if params.view is View.TEXTURE else out
        amount = params.stage_local if _wants_texture(params) else 0.0
        texture = TextureStage(stage, found, amount)
        laid = texture.lay(source, mask, out, invert_mask=params.invert_mask)
        if params.view is not View.RESULT:
            self._draw(params, stage, found, correction, source.pixels(), without_texture, out)
        return Outcome.joined(found.outcome, laid)

    def _draw(
        self,
        params: DeflickerParams,
        stage: FlickerStage,
        found: FoundFlicker,
        correction: Correction,
        pixels: Array,
        without_texture: Array,
        out: Array,
    ) -> None:
        from ..views.deflicker import Seen, draw

        if params.view is View.TEXTURE:
            (top, left), (height, width) = stage.request.origin, out.shape[:2]
            pixels = pixels.copy()
            pixels[top : top + height, left : left + width] = without_texture
        region = stage.settings.rows_and_columns
        seen = Seen(found.window, found.estimator, params.strength, region)
        draw(params.view, seen, correction, pixels, stage.request.origin, stage.encoding, out)

    def reach(self, params: DeflickerParams) -> int | None:
        """None but the frame, where nothing is made of the neighbours themselves."""
        return None if _needs_neighbours(params) else 0

    def search(self, request: RenderRequest, params: DeflickerParams) -> Search | None:
        """By the settings of the flicker stage."""
        if _needs_neighbours(params):
            return None
        return search_of(request, flicker_settings(params), self.resources.memo)

    def analyse(
        self, frames: FrameSource, request: RenderRequest, params: DeflickerParams
    ) -> Record:
        """The frame's flicker."""
        stage = FlickerStage(frames, request, flicker_settings(params), self.resources)
        return stage.analyse(source_of(frames, request))


def flicker_settings(params: DeflickerParams) -> FlickerSettings:
    """The stage's settings."""
    return FlickerSettings(
        region=(params.region_left, params.region_bottom, params.region_right, params.region_top),
        colour=params.colour,
        encoding=params.encoding,
        cuts=params.cuts,
        radius=params.radius,
        keep_above=params.keep_above,
        steadiness=params.steadiness,
        local=params.local,
        resolution=params.resolution,
        bands=params.bands,
        solver=params.solver,
        method=params.method,
        stage_light=params.stage_light,
        stage_temporal=params.stage_temporal,
        strength=params.strength,
        exposure_trim=params.exposure_trim,
        joins=params.joins,
        device=params.device,
        fall_back=params.fall_back,
        analysis=params.analysis,
        analysis_offset=params.analysis_offset,
    )


def _wants_texture(params: DeflickerParams) -> bool:
    """Whether the local stage is asked for."""
    return params.method is Method.LEARNED and params.stage_local > 0 and params.strength > 0


def _needs_neighbours(params: DeflickerParams) -> bool:
    """Whether no analysis stands for the window."""
    return params.view in _OF_NEIGHBOURS or _wants_texture(params)
