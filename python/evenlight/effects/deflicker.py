# SPDX-License-Identifier: Apache-2.0
"""Deflicker: what the effect declares. The work is done in `ops`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from ..frames import Array, FrameSource, RenderRequest
from ..params import Doc, Group, PerFrame, Slider, TemporalWindow

ANALYSIS = Group("Analysis")
OUTPUT = Group("Output")


class Colour(StrEnum):
    """Which curves are estimated."""

    PER_CHANNEL = "per_channel"
    LUMINANCE = "luminance"


class Cuts(StrEnum):
    """Where the window ends."""

    AUTO = "auto"
    MARKED = "marked"
    NONE = "none"


class Encoding(StrEnum):
    """How the clip's numbers stand for light."""

    AUTO = "auto"
    LINEAR = "linear"
    SRGB = "srgb"
    REC709 = "rec709"
    LOG = "log"


class View(StrEnum):
    """What is put out."""

    RESULT = "result"
    DIFFERENCE = "difference"
    CORRECTION = "correction"
    EXPOSURE = "exposure"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class DeflickerParams:
    """Even out brightness and colour that jump from frame to frame."""

    strength: Annotated[
        float, Slider(0.0, 1.0), Doc("How much of the correction is applied; 0 leaves the frame as it came.")
    ] = 1.0
    radius: Annotated[
        int, Slider(1, 60, "frames"), Doc("Neighbours read on each side. Wider is steadier, and slower.")
    ] = 24
    colour: Annotated[  # not `channels`: hosts have a knob of that name
        Colour, Doc("Per channel also evens out flicker of colour; luminance keeps the hue of every pixel.")
    ] = Colour.PER_CHANNEL
    keep_above: Annotated[
        float,
        Slider(0.1, 4.0, "stops"),
        Doc("Flashes and lasting steps of light larger than this are meant, and stay.", "Keep changes above"),
    ] = 1.0
    cuts: Annotated[
        Cuts, ANALYSIS, Doc("Where the window ends: at cuts found by itself and those you mark, only those you mark, or nowhere.")
    ] = Cuts.AUTO
    cut_here: Annotated[
        bool, ANALYSIS, PerFrame(), Doc("Key this on for the first frame of a new shot, and off for the next frame.")
    ] = False
    encoding: Annotated[
        Encoding, ANALYSIS, Doc("How the clip's numbers stand for light. Auto takes what the host tells.")
    ] = Encoding.AUTO
    region_left: Annotated[
        float, Slider(0.0, 1.0), ANALYSIS, Doc("Left edge of the part of the frame that is analysed, as a share of the width.")
    ] = 0.0
    region_right: Annotated[
        float, Slider(0.0, 1.0), ANALYSIS, Doc("Right edge of the part of the frame that is analysed, as a share of the width.")
    ] = 1.0
    region_bottom: Annotated[
        float, Slider(0.0, 1.0), ANALYSIS, Doc("Lower edge of the part of the frame that is analysed, as a share of the height.")
    ] = 0.0
    region_top: Annotated[
        float, Slider(0.0, 1.0), ANALYSIS, Doc("Upper edge of the part of the frame that is analysed, as a share of the height.")
    ] = 1.0
    use_mask: Annotated[bool, OUTPUT, Doc("Correct only where the Mask clip is white.")] = False
    invert_mask: Annotated[bool, OUTPUT, Doc("Correct only where the Mask clip is black.")] = False
    view: Annotated[
        View,
        OUTPUT,
        Doc("What is shown: the result, what was changed, the correction in stops, the exposure map, or the flicker graph over the window."),
    ] = View.RESULT


class Deflicker:
    """Scale-time equalisation on motion-matched pixels, robust in time."""

    identifier: ClassVar = "org.evenlight.deflicker"
    label: ClassVar = "Deflicker"
    description: ClassVar = DeflickerParams.__doc__ or ""
    version: ClassVar = (1, 0)  # major: a saved project may look different; minor: it may not
    params: ClassVar = DeflickerParams
    window: ClassVar = TemporalWindow(before="radius", after="radius")
    identity: ClassVar = {"strength": 0.0, "view": View.RESULT}

    def process(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: Array
    ) -> str:
        raise NotImplementedError  # replaced by the deflicker work
