# SPDX-License-Identifier: Apache-2.0
"""The blotch stage of Deblotch and Restore: the repair of one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..blotch.copies import copies
from ..blotch.decisions import Decisions
from ..blotch.detect import Detection, Detector
from ..blotch.fill import Patch, Shape, patches
from ..blotch.preview import BlotchPreview, blotch_preview, reduced_mask
from ..blotch.repair import Repair, repair_of
from ..blotch.settings import BlotchSettings, Matte
from ..colour.encoding import Encoding, resolve
from ..errors import Aborted
from ..frames import Array, Frame, FrameSource, RenderRequest
from ..kernels.pixels import mask_weights
from ..listing import Listing
from ..repairs.listed import listed
from ..repairs.match import check_size, decisions_of, key_of, unknown
from .parameters import marks_of
from .repairs_file import open_repairs
from .resources import Resources


@dataclass(frozen=True, slots=True)
class FoundBlotches:
    """A frame's repair, and what is listed of it."""

    repair: Repair
    listing: Listing


@dataclass(frozen=True, slots=True)
class BlotchStage:
    """The stage for one frame."""

    frames: FrameSource
    request: RenderRequest
    settings: BlotchSettings
    resources: Resources

    @property
    def encoding(self) -> Encoding:
        """The encoding of the clip, never AUTO."""
        return resolve(self.settings.encoding, self.request.encoding)

    def find(self, source: Frame) -> FoundBlotches:
        """The repair of `source`.

        Raises FrameError where the mask is of another size, RepairsError where the repairs file
        cannot be used, ModelError where the network cannot run, Aborted on demand.
        """
        settings, own = self.settings, _Around(self, source)
        white = self._mask(source)
        shown = copies(own, 0)
        decisions = self._decisions(own, shown)
        added = white if settings.matte is Matte.ADD else None
        detection, made = self._patches(own, shown[0], added, decisions)
        allowed = None
        if white is not None and settings.matte is Matte.FORBID:
            allowed = np.clip(1 - white, 0, 1)
        if decisions is not None and decisions.kept is not None:
            free = (~decisions.kept).astype(np.float32)
            allowed = free if allowed is None else allowed * free
        repair = repair_of(source.shape, made, allowed, settings.strength)
        least = settings.wanted.log_odds
        listing = listed(_here(own).preview, repair, detection, least, source.shape)
        return FoundBlotches(repair, listing)

    def _decisions(self, own: _Around, shown: tuple[int, int]) -> Decisions | None:
        """Decisions about the picture that the frames of these offsets show."""
        if not self.settings.repairs:
            return None
        repairs = open_repairs(self.settings.repairs, self.resources, self.frames.aborted)
        shape, here = own.source.shape, _here(own)
        check_size(repairs, shape)
        if key_of(repairs, here.preview, shape) is None:
            raise unknown(repairs, self.request.time)
        seen = [own(offset) for offset in range(shown[0], shown[1] + 1)]
        found = [key_of(repairs, one.preview, shape) for one in seen if one is not None]
        keys = {key for key in found if key is not None}
        return decisions_of(repairs, keys, shape, here.luma.shape)

    def _patches(
        self, own: _Around, first: int, added: Array | None, decisions: Decisions | None
    ) -> tuple[Detection | None, list[Patch]]:
        """Blotches of the frame at an offset, the first of its copies, and their patches."""
        settings = self.settings

        def around(offset: int) -> BlotchPreview | None:
            return own(first + offset)

        white = None if added is None else reduced_mask(added, around(0))
        if decisions is not None and decisions.added is not None:
            white = decisions.added if white is None else white | decisions.added
        detector = Detector(self.resources.memo, self.resources.networks(settings.device))
        found = detector.find(around, settings.wanted, settings.look, white, decisions)
        picture = own.fetched[first]
        if found is None or picture is None or settings.strength == 0:
            return found, []
        beside = [own.fetched[first + neighbour.offset] for neighbour in found.neighbours]
        whole = [frame for frame in beside if frame]
        shape = Shape(settings.grain, settings.grow, settings.close_gaps)
        return found, patches(picture, found, whole, self.encoding, shape)

    def _mask(self, source: Frame) -> Array | None:
        wanted = self.settings.matte is not Matte.NONE
        mask = self.frames.fetch_mask(self.request.time) if wanted else None
        return None if mask is None else mask_weights(mask.pixels(), source.shape)


@dataclass(frozen=True, slots=True)
class _Around:
    """The frames of the shot around `source`, by offset; each is fetched and measured once.

    Around a field they are the fields of the same lines: dirt on film that was scanned interlaced
    shows in both fields of its frame.
    """

    stage: BlotchStage
    source: Frame
    fetched: dict[int, Frame | None] = field(default_factory=dict)
    previews: dict[int, BlotchPreview | None] = field(default_factory=dict)

    def __call__(self, offset: int) -> BlotchPreview | None:
        """The preview at an offset; every step of a detection asks, so this is where it stops."""
        if self.stage.frames.aborted():
            raise Aborted
        if offset not in self.previews:
            self.previews[offset] = self._preview(offset)
        return self.previews[offset]

    def _preview(self, offset: int) -> BlotchPreview | None:
        stage = self.stage
        marks = marks_of(stage.request, stage.settings.cuts)
        distance = offset * stage.request.stride
        between = range(1, distance + 1) if offset > 0 else range(distance + 1, 1)
        is_beyond_mark = offset != 0 and any(marks.get(o, False) for o in between)
        if abs(offset) > stage.settings.reach or is_beyond_mark:
            return None
        time = stage.request.time + distance
        frame = self.source if offset == 0 else stage.frames.fetch(time)
        self.fetched[offset] = frame
        if frame is None or frame.shape != self.source.shape:
            return None
        return blotch_preview(stage.resources.memo, frame, time, stage.encoding)


def _here(around: _Around) -> BlotchPreview:
    """The preview of the frame itself."""
    here = around(0)
    assert here is not None, "the frame itself is always there"
    return here
