# SPDX-License-Identifier: Apache-2.0
"""The local stage of Deflicker: texture that flicker clipped, from the frames beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..colour.encoding import resolve
from ..colour.luma import luma_of
from ..errors import ModelError
from ..flicker.estimate import FlickerEstimate, estimates_near
from ..frames import Array, Frame, FrameSource, RenderRequest
from ..kernels.pixels import mask_weights
from ..texture.donors import donors
from ..texture.preview import CorrectedFrame, lit
from ..texture.select import exposure_mask
from ..texture.transfer import Texture, find_texture, put
from .parameters import Colour, Method

if TYPE_CHECKING:
    from .deflicker import DeflickerParams
    from .flicker_stage import Found


def is_wanted(params: DeflickerParams) -> bool:
    """Whether the stage is asked for."""
    return params.method is Method.LEARNED and params.stage_local > 0 and params.strength > 0


def lay(
    frames: FrameSource,
    request: RenderRequest,
    params: DeflickerParams,
    source: Frame,
    found: Found,
    mask: Frame | None,
    out: Array,
) -> str:
    """Lay what the stage finds into `out`, which holds the corrected frame, as far as it is wanted.

    What the user should know, or nothing. Raises ModelError where the network cannot run and
    `params.fall_back` is off.
    """
    if not is_wanted(params) or found.light.is_nothing:
        return ""
    try:
        texture = _texture(frames, request, params, source, found)
    except ModelError as error:
        if not params.fall_back:
            raise
        return f"no local stage: {error}"
    if texture is not None:
        weights = None if mask is None else mask_weights(mask.pixels(), source.shape)
        if weights is not None and params.invert_mask:
            weights = 1 - weights
        put(texture, params.stage_local, out, request.origin, weights)
    return ""


def _texture(
    frames: FrameSource,
    request: RenderRequest,
    params: DeflickerParams,
    source: Frame,
    found: Found,
) -> Texture | None:
    window = found.window
    assert window is not None, "no analysis stands for the neighbours' pixels"
    encoding = resolve(params.encoding, request.encoding)

    def shown(frame: Frame, light: FlickerEstimate) -> CorrectedFrame:
        own = light.correction(params.strength, params.local)
        return lit(frame, own, encoding, by_luminance=params.colour is Colour.LUMINANCE)

    own = shown(source, found.light)
    if not exposure_mask(own).any():
        return None
    sides = donors(window)
    offsets = [0, *(offset for offset in sides if offset is not None)]
    lights = dict(zip(offsets, estimates_near(window, found.settings, offsets), strict=True))

    def beside(offset: int | None) -> CorrectedFrame | None:
        frame = None if offset is None else frames.fetch(request.time + offset)
        return None if offset is None or frame is None else shown(frame, lights[offset])

    followed = luma_of(shown(source, lights[0]).colour)
    return find_texture(own, followed, beside(sides[0]), beside(sides[1]), params.device)
