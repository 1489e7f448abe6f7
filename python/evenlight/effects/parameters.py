# SPDX-License-Identifier: Apache-2.0
"""Declarations that several effects share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ..blotch.settings import Matte
from ..colour.encoding import Encoding
from ..errors import FrameError
from ..flicker.settings import Colour, Joins, Method
from ..frames import Frame, FrameSource, RenderRequest
from ..inference.networks import Device
from ..motion.window import Cuts
from ..params import (
    Applied,
    Doc,
    File,
    Group,
    Kept,
    Needs,
    PerFrame,
    Since,
    Slider,
    Unattended,
    Words,
)

FLICKER = Group("Flicker")
BLOTCHES = Group("Blotches")
SHOT = Group("Shot and light")
FARM = Group("Farm")
#: While flicker that differs over the frame is looked for, by networks.
LOCAL, NETWORKS = Needs.any_of("local"), Needs.any_of("method")
#: The versions of Deflicker and of Restore that brought the learned method, and both joins and the
#: model of light in time.
_LEARNS, _JOINS = (1, 1), (1, 2)
_MODELS = _JOINS


class BlotchView(StrEnum):
    """Picture that is put out."""

    RESULT = "result"
    MATTE = "matte"
    OVERLAY = "overlay"
    DIFFERENCE = "difference"


class RestoreView(StrEnum):
    """Picture that Restore puts out."""

    RESULT = "result"
    MATTE = "matte"
    OVERLAY = "overlay"
    DIFFERENCE = "difference"
    CORRECTION = "correction"
    GRAPH = "graph"


# Parameters that several effects have, each declared once; an effect says its group and default.
ColourParam = Annotated[
    Colour,
    FLICKER,
    Doc("Per channel also evens out flicker of colour; luminance keeps every pixel's hue."),
]
KeepAboveParam = Annotated[
    float,
    FLICKER,
    Slider(0.1, 4.0, "stops"),
    Doc(
        "Flashes larger than this, and than the flicker, are meant and stay. Fades and lasting "
        "steps always stay.",
        "Keep changes above",
    ),
]
SteadinessParam = Annotated[
    float,
    FLICKER,
    Slider(0.0, 1.0),
    Since(_MODELS, legacy=0.5),
    Doc(
        "How slow and how faint a wander of the light still counts as flicker: 0 takes out what "
        "jumps from frame to frame only, 1 all but fades. The default suits film cranked by hand; "
        "raise it where slow light still wanders."
    ),
]
ExposureTrimParam = Annotated[
    float,
    FLICKER,
    Slider(-3.0, 3.0, "stops"),
    Since(_MODELS, legacy=0.0),
    Applied(),
    Kept(),
    Doc("Exposure that is added by eye, on top of the correction; key it where it is needed."),
]
SensitivityParam = Annotated[
    float,
    Slider(0.0, 1.0),
    Applied(),
    Doc("Higher takes out more, and more that was no dirt."),
]
SmallestParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 100.0, "% of height"),
    Applied(),
    Doc("Blotches of a smaller diameter stay.", "Smallest size"),
]
LargestParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 100.0, "% of height"),
    Applied(),
    Doc("Blotches of a larger diameter stay.", "Largest size"),
]
MotionProtectionParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 1.0),
    Applied(),
    Doc("Higher leaves more alone where motion cannot be followed."),
]
GrainParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 1.0),
    Applied(),
    Doc("How much of the grain around a blotch is given to its repair."),
]
GrowParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 32.0, "pixels at 1080 lines"),
    Applied(),
    Doc("How much farther than it is seen a blotch's matte reaches.", "Grow"),
]
CloseGapsParam = Annotated[
    float,
    BLOTCHES,
    Slider(0.0, 32.0, "pixels at 1080 lines"),
    Applied(),
    Doc("Blotches that lie nearer to each other than this become one.", "Close gaps"),
]
MatteParam = Annotated[
    Matte,
    BLOTCHES,
    Applied(),
    Words.of(none="Not used", add="Repair where white", forbid="Keep where white"),
    Doc("What is white in the Mask clip is repaired too (add), or never (forbid).", "Mask clip"),
]
RepairsParam = Annotated[
    str,
    BLOTCHES,
    Kept(),
    File(decides=True),
    Applied(),
    Doc(
        "A repairs file, as --list writes it: what `evenlight review` decided about single "
        "blotches counts here."
    ),
]
CUT_WORDS = Words.of(auto="Found and marked", marked="Marked only", none="None")
ShotEndParam = Annotated[
    Cuts,
    SHOT,
    CUT_WORDS,
    Kept(),
    Doc("Where a shot ends: at cuts found and marked, only at those marked, or nowhere."),
]
CutHereParam = Annotated[
    bool,
    SHOT,
    PerFrame(),
    Kept(),
    Needs.any_of("cuts", off="none"),
    Doc("Key this on for the first frame of a new shot, and off for the next frame."),
]
EncodingParam = Annotated[
    Encoding,
    SHOT,
    Kept(),
    Doc("How the clip's numbers stand for light. Auto takes what the host tells."),
]
AnalysisOffsetParam = Annotated[
    int,
    Slider(-1_000_000, 1_000_000, "frames"),
    FARM,
    Applied(),
    Kept(),
    Needs.any_of("analysis"),
    Doc(
        "What is added to the host's frame number to get the analysis file's; rarely needed, for a "
        "frame is known by its picture."
    ),
]
MethodParam = Annotated[
    Method,
    FLICKER,
    LOCAL,
    Since(_LEARNS, legacy=Method.CLASSICAL),
    Words.of(classical="Off", learned="On"),
    Doc(
        "Whether trained networks choose what to believe of local flicker; classical measures and "
        "solves alone. They are asked where Local flicker is above 0.",
        "Networks",
    ),
]
LightStageParam = Annotated[
    float,
    Slider(0.0, 1.0),
    FLICKER,
    LOCAL,
    NETWORKS,
    Since(_LEARNS, legacy=1.0),
    Doc(
        "How much of the light that the networks find is put in place of what is solved for.",
        "Networks: light",
    ),
]
TemporalStageParam = Annotated[
    float,
    Slider(0.0, 1.0),
    FLICKER,
    LOCAL,
    NETWORKS,
    Since(_LEARNS, legacy=1.0),
    Doc(
        "How much of the flicker that the networks still see is put on top, once the neighbours "
        "are corrected too.",
        "Networks: second look",
    ),
]
JoinsParam = Annotated[
    Joins,
    FLICKER,
    Since(_JOINS, legacy=Joins.KEEP),
    Applied(),
    Doc(
        "Steps of light where a clip was put together of chunks, as models of video make it, and "
        "drift between them: kept, or evened out against the first chunk of the shot. It needs an "
        "analysis of the whole clip."
    ),
]
DeviceParam = Annotated[
    Device,
    FARM,
    Since(_LEARNS, legacy=Device.AUTO),
    Applied(),
    Kept(),
    Words.of(auto="Auto", cpu="CPU", cuda="NVIDIA GPU"),
    Doc("Where networks run: auto takes an NVIDIA GPU where one can be used, else the CPU."),
]
FallBackParam = Annotated[
    bool,
    FARM,
    Since(_LEARNS, legacy=False),
    Unattended(False),
    Applied(),
    Kept(),
    Doc(
        "Where a network cannot run, give the result without networks and say so; off is an error."
    ),
]
BlotchViewParam = Annotated[
    BlotchView,
    Applied(),
    Kept(),
    Doc("The result, the matte, the matte in red over the frame, or what was changed."),
]


def source_of(frames: FrameSource, request: RenderRequest) -> Frame:
    """The frame that is asked for; raises FrameError where the clip has none there."""
    source = frames.fetch(request.time)
    if source is None:
        raise FrameError(f"the clip has no frame at {request.time:g}")
    return source


def marks_of(request: RenderRequest, cuts: Cuts) -> dict[int, bool]:
    """Whether the user marked the frame at an offset as the first of a shot, where that counts."""
    return dict(request.sampled.get("cut_here", {})) if cuts is not Cuts.NONE else {}
