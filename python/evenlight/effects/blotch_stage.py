# SPDX-License-Identifier: Apache-2.0
"""The blotch stage of Deblotch and Restore: the repair of one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..blotch.copies import copies
from ..blotch.detect import Detector
from ..blotch.fill import Patch, Shape, patches
from ..blotch.preview import BlotchPreview, blotch_preview, reduced_mask
from ..blotch.repair import Repair, repair_of
from ..blotch.settings import BlotchSettings, Matte
from ..colour.encoding import Encoding, resolve
from ..errors import Aborted
from ..frames import Array, Frame, FrameSource, RenderRequest
from ..kernels.pixels import mask_weights
from .parameters import marks_of
from .resources import Resources


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

    def find(self, source: Frame) -> Repair:
        """The repair of `source`.

        Raises FrameError where the mask is of another size, ModelError where the network cannot
        run, Aborted on demand.
        """
        settings = self.settings
        white = self._mask(source)
        made = self._patches(source, white if settings.matte is Matte.ADD else None)
        allowed = None
        if white is not None and settings.matte is Matte.FORBID:
            allowed = np.clip(1 - white, 0, 1)
        return repair_of(source.shape, made, allowed, settings.strength)

    def _patches(self, source: Frame, added: Array | None) -> list[Patch]:
        """The patches of the picture that `source` shows, of its copies those of the first."""
        settings, own = self.settings, _Around(self, source)
        first, _ = copies(own, 0)

        def around(offset: int) -> BlotchPreview | None:
            return own(first + offset)

        white = None if added is None else reduced_mask(added, around(0))
        detector = Detector(self.resources.memo, self.resources.networks(settings.device))
        found = detector.find(around, settings.wanted, settings.look, white)
        picture = own.fetched[first]
        if found is None or picture is None or settings.strength == 0:
            return []
        beside = [own.fetched[first + neighbour.offset] for neighbour in found.neighbours]
        whole = [frame for frame in beside if frame]
        shape = Shape(settings.grain, settings.grow, settings.close_gaps)
        return patches(picture, found, whole, self.encoding, shape)

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
