# SPDX-License-Identifier: Apache-2.0
"""The local stage of Deflicker: texture that flicker clipped, from the frames beside."""

from __future__ import annotations

from dataclasses import dataclass

from ..colour.luma import luma_of
from ..errors import ModelError
from ..flicker.estimate import FlickerEstimate
from ..flicker.settings import Colour
from ..frames import Array, Frame, Outcome
from ..kernels.pixels import mask_weights
from ..texture.donors import donors
from ..texture.preview import CorrectedFrame, corrected_frame, texture_preview
from ..texture.select import exposure_mask
from ..texture.transfer import Texture, find_texture, put
from .flicker_stage import FlickerStage, FoundFlicker


@dataclass(frozen=True, slots=True)
class TextureStage:
    """The stage for one frame, whose flicker was `found`; `amount` (0..1) of it is wanted."""

    flicker: FlickerStage
    found: FoundFlicker
    amount: float

    def lay(self, source: Frame, mask: Frame | None, out: Array, *, invert_mask: bool) -> Outcome:
        """Lay the texture into `out`, which holds the corrected frame.

        Raises ModelError where the network cannot run and nothing may stand in for it.
        """
        if self.amount == 0 or self.found.estimate.is_nothing:
            return Outcome()
        try:
            texture = self._texture(source)
        except ModelError as error:
            if not self.flicker.settings.fall_back:
                raise
            return Outcome(f"no local stage: {error}", fell_back=True)
        if texture is not None:
            weights = None if mask is None else mask_weights(mask.pixels(), source.shape)
            if weights is not None and invert_mask:
                weights = 1 - weights
            put(texture, self.amount, out, self.flicker.request.origin, weights)
        return Outcome()

    def _texture(self, source: Frame) -> Texture | None:
        window, stage = self.found.window, self.flicker
        assert window is not None, "no analysis stands for the neighbours' pixels"
        own = self._corrected(source, 0, self.found.estimate)
        if not exposure_mask(own).any():
            return None
        sides = donors(window)
        offsets = [0, *(offset for offset in sides if offset is not None)]
        estimates = self.found.estimator.estimates_near(window, offsets)
        by_offset = dict(zip(offsets, estimates, strict=True))

        def beside(offset: int | None) -> CorrectedFrame | None:
            if offset is None:
                return None
            frame = stage.frames.fetch(stage.request.time + offset)
            return None if frame is None else self._corrected(frame, offset, by_offset[offset])

        followed = luma_of(self._corrected(source, 0, by_offset[0]).colour)
        networks = stage.resources.networks(stage.settings.device)
        memo = stage.resources.memo
        return find_texture(own, followed, beside(sides[0]), beside(sides[1]), networks, memo)

    def _corrected(self, frame: Frame, offset: int, estimate: FlickerEstimate) -> CorrectedFrame:
        stage, settings = self.flicker, self.flicker.settings
        time = stage.request.time + offset
        return corrected_frame(
            frame,
            texture_preview(stage.resources.memo, frame, time, stage.encoding),
            estimate.correction(settings.strength, settings.local, settings.exposure_trim),
            stage.encoding,
            by_maximum=settings.colour is Colour.LUMINANCE,
        )
