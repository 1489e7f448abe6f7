# SPDX-License-Identifier: Apache-2.0
"""Deblotch: takes out dirt, stains and sparkle that show in a single frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from ..blotch.copies import MOST_SHOWN
from ..blotch.repair import apply
from ..blotch.settings import Blotches, BlotchSettings, Matte
from ..colour.encoding import Encoding
from ..frames import Array, FrameSource, Outcome, RenderRequest
from ..inference.networks import Device
from ..kernels.pixels import copy_window
from ..motion.window import Cuts
from ..params import Doc, Kept, Needs, Since, Slider, TemporalWindow
from .base import Effect
from .blotch_stage import BlotchStage
from .parameters import (
    BLOTCHES,
    SHOT,
    BlotchView,
    BlotchViewParam,
    CloseGapsParam,
    CutHereParam,
    EncodingParam,
    GrainParam,
    GrowParam,
    LargestParam,
    MatteParam,
    MotionProtectionParam,
    RepairsParam,
    SensitivityParam,
    ShotEndParam,
    SmallestParam,
    source_of,
)

#: While repairs are wanted at all.
_DIRT = Needs.any_of("strength")
#: The version that brought repairs of held frames, and the shape of mattes.
_MENDS = (1, 1)


@dataclass(frozen=True, slots=True)
class DeblotchParams:
    """Take out dirt, stains and sparkle that show in one frame only."""

    view: BlotchViewParam = BlotchView.RESULT
    strength: Annotated[
        float,
        Slider(0.0, 1.0),
        Doc("How much of each repair is put in; 0 leaves the frame as it came."),
    ] = 1.0
    sensitivity: Annotated[SensitivityParam, _DIRT] = 0.5
    blotches: Annotated[Blotches, BLOTCHES, _DIRT, Doc("Dark ones, bright ones, or both.")] = (
        Blotches.BOTH
    )
    smallest: Annotated[SmallestParam, _DIRT] = 0.0
    largest: Annotated[LargestParam, _DIRT] = 50.0
    motion_protection: Annotated[MotionProtectionParam, _DIRT] = 0.5
    grain: Annotated[GrainParam, _DIRT] = 1.0
    grow: Annotated[GrowParam, _DIRT, Since(_MENDS, legacy=0.0)] = 0.0
    close_gaps: Annotated[CloseGapsParam, _DIRT, Since(_MENDS, legacy=0.0)] = 0.0
    matte: Annotated[MatteParam, _DIRT] = Matte.NONE
    repairs: Annotated[RepairsParam, _DIRT, Since(_MENDS, legacy="")] = ""
    matte_to_alpha: Annotated[
        bool, BLOTCHES, Kept(), Doc("Put the matte of what was repaired into the alpha channel.")
    ] = False
    look: Annotated[
        int,
        Slider(1, 3, "frames"),
        SHOT,
        Doc(
            "Neighbours read on each side. With two, neighbours are cleaned before they are used, "
            "and the first and last frame of a shot can be repaired. A third lends its pixels "
            "where dirt lies in the same place in several frames.",
            "Frames to look",
        ),
    ] = 2
    held: Annotated[
        int,
        Slider(1, 3, "times"),
        SHOT,
        Since(_MENDS, legacy=1),
        Doc(
            "How often in a row one film frame may be shown: 2 where film runs at half the clip's "
            "rate, 3 for 3:2 pulldown. Copies are repaired alike, and the neighbours they are "
            "judged by are other film frames; so many times more frames may be read.",
            "Film frames shown",
        ),
    ] = MOST_SHOWN
    cuts: ShotEndParam = Cuts.AUTO
    cut_here: CutHereParam = False
    encoding: EncodingParam = Encoding.AUTO


class Deblotch(Effect):
    """Two-sided detection with a learned score, motion-compensated repair."""

    identifier: ClassVar[str] = "org.evenlight.deblotch"
    label: ClassVar[str] = "Deblotch"
    description: ClassVar[str] = DeblotchParams.__doc__ or ""
    guide: ClassVar[str] = (
        "Leave it at its defaults first. What shows in one frame and not in those around it is "
        "taken out, and filled from them; nothing else is touched.\n\n"
        "- **View** shows the matte of what was found, in white, or in red over the picture.\n"
        "- **Auto** looks at the clip and sets the controls.\n"
        "- Raise **Sensitivity** where dirt stays; lower it where moving things are taken.\n"
        "- Connect a **Mask** to repair where it is white, or, with *Mask clip*, to keep what is "
        "there.\n\n"
        "Where the light flickers too, use Restore."
    )
    version: ClassVar[tuple[int, int]] = (1, 1)
    params: ClassVar[type] = DeblotchParams
    window: ClassVar[TemporalWindow] = TemporalWindow(before="look", after="look", times="held")
    identity: ClassVar[Mapping[str, Any]] = {
        "strength": 0.0,
        "view": BlotchView.RESULT,
        "matte_to_alpha": False,
    }
    masked: ClassVar[Mapping[str, Any]] = {"matte": Matte.ADD}

    def process(
        self, frames: FrameSource, request: RenderRequest, params: DeblotchParams, out: Array
    ) -> Outcome:
        """Fill `out` with the repaired part of the frame, or with the view that is asked for."""
        source = source_of(frames, request)
        stage = BlotchStage(frames, request, blotch_settings(params), self.resources)
        found = stage.find(source)
        repair = found.repair
        copy_window(source.pixels(), request.origin, out)
        apply(repair, out, request.origin)
        if params.view is not BlotchView.RESULT:
            from ..views.deblotch import draw

            draw(params.view, repair, source.pixels(), request.origin, stage.encoding, out)
        elif params.matte_to_alpha and out.shape[2] == 4:
            from ..views.deblotch import put_alpha

            put_alpha(repair, request.origin, out)
        return Outcome(self.resources.sessions.notice, listings=(found.listing,))


def blotch_settings(params: DeblotchParams) -> BlotchSettings:
    """The stage's settings."""
    return BlotchSettings(
        strength=params.strength,
        look=params.look,
        reach=params.look * params.held,
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
        device=Device.AUTO,
    )
