# SPDX-License-Identifier: Apache-2.0
"""Where Deflicker and Restore get a frame's light from: its neighbours, or an analysis of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..analysis import Analysis, AnalysisSettings, Record
from ..analysis.record import thumbnail
from ..cache import Cache
from ..colour.encoding import Encoding, resolve
from ..errors import Aborted, AnalysisError, ModelError
from ..flicker import estimate
from ..flicker.estimate import FlickerEstimate, Learned, Settings
from ..frames import Frame, FrameSource, RenderRequest
from ..inference import sessions
from ..motion.fields import Basis, Solver
from ..motion.links import linked
from ..motion.preview import Preview, Region, measured
from ..motion.window import Window, gather
from .parameters import Colour, Cuts, Method, marks_of, source_of

if TYPE_CHECKING:
    from .deflicker import DeflickerParams

#: Proxies by time, for hosts whose frames have no name; None where there is no frame.
Memory = Cache[Preview | None]


@dataclass(frozen=True, slots=True)
class Found:
    """A frame's light, and the window it was found in, where one was looked at."""

    light: FlickerEstimate
    window: Window | None
    settings: Settings  # with which it was found there
    notice: str  # what the user should know, or nothing


def estimate_flicker(
    frames: FrameSource,
    request: RenderRequest,
    params: DeflickerParams,
    source: Frame,
    encoding: Encoding,
) -> Found:
    """The light of `source`: of the analysis where one is used, else of the window.

    Raises AnalysisError where the analysis is one of another picture, ModelError where a network
    cannot run and `params.fall_back` is off, Aborted on demand.
    """
    notices = []
    analysed = request.record
    if isinstance(analysed, Record):
        if source.shape[:2] == analysed.shape[:2]:
            centre = _measured(source, params, encoding)
            notice = analysed.check(centre, nearly=request.alone)
            return Found(analysed.light, None, settings_of(params), notice)
        reason = analysed.other_size(source.shape)
        if request.alone:
            raise AnalysisError(reason)
        notices.append(f"{reason}. The neighbours are read instead")
    window, settings = gather_window(frames, request, params, source, encoding), settings_of(params)
    try:
        light = estimate.estimate_flicker(window, settings)
    except ModelError as error:
        if not params.fall_back:
            raise
        notices.append(f"classical method, exact solver: {error}")
        settings = replace(settings, learned=None, solver=Solver.EXACT)
        light = estimate.estimate_flicker(window, settings)
    else:
        if settings.learned is not None or settings.solver is Solver.UNROLLED:
            notices.append(sessions.notice())
    return Found(light, window, settings, ". ".join(filter(None, notices)))


def analyse(
    frames: FrameSource, request: RenderRequest, params: DeflickerParams, memory: Memory
) -> Record:
    """What an analysis keeps of the frame at `request.time`.

    `memory` holds what was measured of the neighbours, so that a walk along the clip reads each
    frame once. Nothing is fallen back to, for an analysis serves where networks run, too. Raises
    FrameError where there is no such frame, ModelError where a network is wanted that cannot run,
    Aborted on demand.
    """
    source = source_of(frames, request)
    encoding = resolve(params.encoding, request.encoding)
    window = gather_window(frames, request, params, source, encoding, memory)
    return Record(
        frame=number_of(request.time) + params.analysis_offset,
        conditions=analysis_settings_of(request, params),
        shape=source.shape,
        digest=window.centre.digest,
        thumbnail=thumbnail(window.centre),
        light=estimate.estimate_flicker(window, settings_of(params)),
    )


def record(request: RenderRequest, params: DeflickerParams) -> Record | None:
    """What the analysis that `params` name holds of the frame; None where they name none.

    Raises AnalysisError where it does not serve.
    """
    if not params.analysis:
        return None
    number = number_of(request.time) + params.analysis_offset
    return Analysis.open(params.analysis).find(number, analysis_settings_of(request, params))


def number_of(time: float) -> int:
    """A frame's number; raises AnalysisError between two frames."""
    if abs(time - round(time)) > 1e-6:
        raise AnalysisError(f"time {time:g} lies between two frames, and analyses are of frames")
    return round(time)


def settings_of(params: DeflickerParams) -> Settings:
    """What of the parameters says how a frame is corrected.

    What is learned is about local flicker alone.
    """
    learned = None
    stages = params.stage_light > 0 or params.stage_temporal > 0
    if params.method is Method.LEARNED and params.local > 0 and stages:
        learned = Learned(params.stage_light, params.stage_temporal, params.device)
    return Settings(
        radius=params.radius,
        keep_above=params.keep_above,
        strength=params.strength,
        local=params.local,
        basis=Basis(params.resolution, params.bands),
        solver=params.solver,
        learned=learned,
    )


def analysis_settings_of(request: RenderRequest, params: DeflickerParams) -> AnalysisSettings:
    """What of the parameters a frame's light depends on."""
    local, learned = params.local > 0, settings_of(params).learned
    encoding = resolve(params.encoding, request.encoding)
    on_display = encoding in (Encoding.SRGB, Encoding.REC709)
    here = number_of(request.time) + params.analysis_offset
    marked = [offset for offset, mark in marks_of(request, params.cuts).items() if mark]
    # A walk backwards ends after a marked frame, one forwards before it.
    before = [offset for offset in marked if -params.radius < offset <= 0]
    after = [offset for offset in marked if 0 < offset <= params.radius]
    return AnalysisSettings(
        radius=params.radius,
        colour=str(params.colour),
        keep_above=float(params.keep_above),
        local=local,
        resolution=params.resolution if local else 0,
        bands=str(params.bands),
        solver=str(params.solver) if local else "",
        method=str(Method.LEARNED if learned else Method.CLASSICAL),
        stages=(float(learned.light_stage), float(learned.temporal_stage))
        if learned
        else (0.0, 0.0),
        cuts=str(params.cuts),
        encoding="display" if on_display else str(encoding),
        region=(params.region_left, params.region_bottom, params.region_right, params.region_top),
        shot=(
            here + max(before) if before else None,
            here + min(after) if after else None,
        ),
    )


def gather_window(
    frames: FrameSource,
    request: RenderRequest,
    params: DeflickerParams,
    source: Frame,
    encoding: Encoding,
    memory: Memory | None = None,
) -> Window:
    """The frames of the shot around the current one; raises Aborted when the host asks to stop."""
    marks = marks_of(request, params.cuts)

    def fetch(offset: int) -> Preview | None:
        frame = source if offset == 0 else frames.fetch(request.time + offset)
        if frame is None or frame.shape != source.shape:
            return None
        return _measured(frame, params, encoding)

    def look(offset: int) -> Preview | None:
        if frames.aborted():
            raise Aborted
        if memory is None:
            return fetch(offset)
        key = (request.time + offset, source.shape, source.corner, *_measuring(params, encoding))
        return memory.get(key, lambda: fetch(offset))

    window = gather(
        look,
        lambda first, second: linked(first, second, params.bands),
        lambda offset: bool(marks.get(offset, False)),
        params.radius,
        params.radius,
        find_cuts=params.cuts is Cuts.AUTO,
    )
    assert window is not None, "the current frame is there"
    return window


def _measuring(params: DeflickerParams, encoding: Encoding) -> tuple[Region, Encoding, bool]:
    """All that a preview depends on beside its frame."""
    region = Region(
        params.region_left, 1 - params.region_top, params.region_right, 1 - params.region_bottom
    )
    return region, encoding, params.colour is Colour.LUMINANCE


def _measured(frame: Frame, params: DeflickerParams, encoding: Encoding) -> Preview:
    region, _, by_luminance = _measuring(params, encoding)
    return measured(frame, region, encoding, by_luminance=by_luminance)
