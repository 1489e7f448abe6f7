# SPDX-License-Identifier: Apache-2.0
"""Deflicker: evens out brightness and colour that jump from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from ..errors import Aborted, FrameError, ModelError
from ..frames import Array, Frame, FrameSource, RenderRequest
from ..ops.cache import Cache
from ..ops.correction import Learned, Settings, find_correction
from ..ops.curves import curves_of
from ..ops.encoding import Encoding, resolve
from ..ops.fields import Bands, Basis, Solver
from ..ops.inference import Device
from ..ops.kernels import apply_curves
from ..ops.motion import Link, link
from ..ops.proxy import Proxy, Region, measure
from ..ops.relief import relief_of
from ..ops.window import Window, gather
from ..params import Doc, Group, PerFrame, Slider, TemporalWindow
from .base import Effect
from .shared import ANALYSIS, OUTPUT, Cuts

LOCAL = Group("Local flicker")
LEARNED = Group("Learned")


class Colour(StrEnum):
    """Which curves are estimated."""

    PER_CHANNEL = "per_channel"
    LUMINANCE = "luminance"


class Method(StrEnum):
    """What takes the flicker out."""

    CLASSICAL = "classical"
    LEARNED = "learned"


class View(StrEnum):
    """What is put out."""

    RESULT = "result"
    DIFFERENCE = "difference"
    CORRECTION = "correction"
    EXPOSURE = "exposure"
    GRAPH = "graph"
    LIGHT = "light"
    TEMPORAL = "temporal"


@dataclass(frozen=True, slots=True)
class DeflickerParams:
    """Even out brightness and colour that jump from frame to frame."""

    strength: Annotated[
        float,
        Slider(0.0, 1.0),
        Doc("How much of the correction is applied; 0 leaves the frame as it came."),
    ] = 1.0
    radius: Annotated[
        int,
        Slider(1, 60, "frames"),
        Doc("Neighbours read on each side. Wider is steadier, and slower."),
    ] = 40
    colour: Annotated[  # not `channels`: hosts have a knob of that name
        Colour,
        Doc("Per channel also evens out flicker of colour; luminance keeps every pixel's hue."),
    ] = Colour.PER_CHANNEL
    keep_above: Annotated[
        float,
        Slider(0.1, 4.0, "stops"),
        Doc(
            "Flashes larger than this, and than the flicker, are meant and stay. Fades and lasting "
            "steps always stay.",
            "Keep changes above",
        ),
    ] = 1.0
    local: Annotated[
        float,
        Slider(0.0, 1.0),
        LOCAL,
        Doc(
            "How much is done about flicker that differs over the frame; nothing is where there is "
            "none of it.",
            "Local amount",
        ),
    ] = 1.0
    resolution: Annotated[
        int,
        Slider(2, 12),
        LOCAL,
        Doc(
            "How finely local flicker may differ: waves along each side of the frame, in halves. "
            "Higher needs more texture to go by.",
        ),
    ] = 6
    bands: Annotated[
        Bands,
        LOCAL,
        Doc("Rolling bands, as of lamps under a rolling shutter: along rows, columns, or none."),
    ] = Bands.ROWS
    solver: Annotated[
        Solver,
        LOCAL,
        Doc("How local flicker is fitted: exactly, or by the unrolled network, which is a trial."),
    ] = Solver.EXACT
    method: Annotated[
        Method,
        LEARNED,
        Doc(
            "Classical measures and solves; learned lets networks choose what to believe of it. "
            "What follows counts for the learned method only."
        ),
    ] = Method.CLASSICAL
    stage_light: Annotated[
        float,
        Slider(0.0, 1.0),
        LEARNED,
        Doc(
            "How much of what the network GFRM finds is put in place of the exact solver's field. "
            "With Local amount 0 the solver is not asked, which is faster.",
            "Light stage",
        ),
    ] = 1.0
    stage_temporal: Annotated[
        float,
        Slider(0.0, 1.0),
        LEARNED,
        Doc(
            "How much of what the network TCM finds left is put on top, once the neighbours are "
            "corrected too.",
            "Temporal stage",
        ),
    ] = 1.0
    device: Annotated[
        Device,
        LEARNED,
        Doc("Where networks run: auto takes the GPU where ONNX Runtime has one, else the CPU."),
    ] = Device.AUTO
    fall_back: Annotated[
        bool,
        LEARNED,
        Doc("Where a network cannot run, give the classical result and say so; off is an error."),
    ] = True
    cuts: Annotated[
        Cuts,
        ANALYSIS,
        Doc("Where the window ends: at cuts found and marked, only at those marked, or nowhere."),
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
    region_left: Annotated[
        float,
        Slider(0.0, 1.0),
        ANALYSIS,
        Doc("Left edge of the part that is analysed, as a share of the width."),
    ] = 0.0
    region_right: Annotated[
        float,
        Slider(0.0, 1.0),
        ANALYSIS,
        Doc("Right edge of the part that is analysed, as a share of the width."),
    ] = 1.0
    region_bottom: Annotated[
        float,
        Slider(0.0, 1.0),
        ANALYSIS,
        Doc("Lower edge of the part that is analysed, as a share of the height."),
    ] = 0.0
    region_top: Annotated[
        float,
        Slider(0.0, 1.0),
        ANALYSIS,
        Doc("Upper edge of the part that is analysed, as a share of the height."),
    ] = 1.0
    use_mask: Annotated[bool, OUTPUT, Doc("Correct only where the Mask clip is white.")] = False
    invert_mask: Annotated[
        bool, OUTPUT, Doc("Correct only where the Mask clip is black, where it is used at all.")
    ] = False
    view: Annotated[
        View,
        OUTPUT,
        Doc(
            "What is shown: the result, what was changed, the correction in stops, the exposure "
            "map, the flicker graph over the window, or, in stops, what the light stage found and "
            "what the temporal stage added."
        ),
    ] = View.RESULT


# What is remembered of frames and of pairs of them, for the whole process: pure functions of the
# keys, so sharing them between instances changes nothing but the time.
_PROXIES: Cache[Proxy] = Cache(512)
_LINKS: Cache[Link] = Cache(512)


class Deflicker(Effect):
    """Scale-time equalisation on motion-matched cells, robust in time."""

    identifier: ClassVar[str] = "org.evenlight.deflicker"
    label: ClassVar[str] = "Deflicker"
    description: ClassVar[str] = DeflickerParams.__doc__ or ""
    version: ClassVar[tuple[int, int]] = (1, 1)  # major: a saved project may look different
    params: ClassVar[type] = DeflickerParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="radius", after="radius")
    identity: ClassVar[Mapping[str, Any]] = {"strength": 0.0, "view": View.RESULT}

    def process(
        self, frames: FrameSource, request: RenderRequest, params: DeflickerParams, out: Array
    ) -> str:
        """Fill `out` with the corrected part of the frame, or with the view that is asked for."""
        source = frames.fetch(request.time)
        if source is None:
            raise FrameError(f"the clip has no frame at {request.time:g}")
        encoding = resolve(params.encoding, request.encoding)
        window = gather_window(frames, request, params, source, encoding)
        settings, notice = settings_of(params), ""
        try:
            correction = find_correction(window, settings)
        except ModelError as error:
            if not params.fall_back:
                raise
            settings, notice = replace(settings, learned=None), f"classical method: {error}"
            correction = find_correction(window, settings)
        mask = frames.fetch_mask(request.time) if params.use_mask else None
        apply_curves(
            source.pixels(),
            curves_of(correction.gains, encoding, by_luminance=params.colour is Colour.LUMINANCE),
            out,
            relief=relief_of(correction.field, encoding, source.shape[:2]),
            origin=request.origin,
            premultiplied=source.premultiplied,
            mask=None if mask is None else mask.pixels(),
            invert_mask=params.invert_mask,
        )
        if params.view is not View.RESULT:
            from .deflicker_views import draw

            draw(params.view, window, correction, source.pixels(), request, settings, encoding, out)
        return notice


def settings_of(params: DeflickerParams) -> Settings:
    """What of the parameters says how a frame is corrected."""
    learned = Learned(params.stage_light, params.stage_temporal, params.device)
    return Settings(
        radius=params.radius,
        keep_above=params.keep_above,
        strength=params.strength,
        local=params.local,
        basis=Basis(params.resolution, params.bands),
        solver=params.solver,
        learned=learned if params.method is Method.LEARNED else None,
    )


def gather_window(
    frames: FrameSource,
    request: RenderRequest,
    params: DeflickerParams,
    source: Frame,
    encoding: Encoding,
) -> Window:
    """The frames of the shot around the current one; raises Aborted when the host asks to stop."""
    region = Region(
        params.region_left, 1 - params.region_top, params.region_right, 1 - params.region_bottom
    )
    marks = request.sampled.get("cut_here", {}) if params.cuts is not Cuts.NONE else {}

    def look(offset: int) -> Proxy | None:
        if frames.aborted():
            raise Aborted
        frame = source if offset == 0 else frames.fetch(request.time + offset)
        if frame is None or frame.shape != source.shape:
            return None
        return _remembered(frame, region, encoding, params.colour is Colour.LUMINANCE)

    window = gather(
        look,
        lambda first, second: _LINKS.get(
            (first.digest, second.digest, params.bands), lambda: link(first, second, params.bands)
        ),
        lambda offset: bool(marks.get(offset, False)),
        params.radius,
        params.radius,
        find_cuts=params.cuts is Cuts.AUTO,
    )
    assert window is not None, "the current frame is there"
    return window


def _remembered(frame: Frame, region: Region, encoding: Encoding, by_luminance: bool) -> Proxy:
    def compute() -> Proxy:
        return measure(frame, region, encoding, by_luminance=by_luminance)

    if not frame.identifier:
        return compute()
    key = (frame.identifier, frame.shape, frame.premultiplied, region, encoding, by_luminance)
    return _PROXIES.get(key, compute)
