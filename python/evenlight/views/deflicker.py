# SPDX-License-Identifier: Apache-2.0
"""Views of Deflicker: pictures of what was corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..colour.encoding import Encoding, from_display
from ..colour.levels import toned
from ..colour.luma import SHOWN, luma_of
from ..flicker.estimate import Correction
from ..flicker.estimator import Estimator
from ..flicker.illumination import divergence, illumination, singular_frames
from ..frames import Array
from ..kernels import elementwise
from ..motion.preview import Region, both_known
from ..motion.window import Window, recentred
from . import graph, pictures
from .canvas import Canvas
from .display import as_display, put_out


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a correction was found from."""

    window: Window | None  # None where an analysis stood for it
    estimator: Estimator
    strength: float
    region: Region


def draw(
    view: str,
    seen: Seen,
    correction: Correction,
    pixels: Array,
    origin: tuple[int, int],
    encoding: Encoding,
    out: Array,
) -> None:
    """Replace the result in `out`, the part at `origin` of the frame `pixels`, by a view of it.

    Most views do without a window. For the view of the local stage's texture `pixels` is the frame
    without it.
    """
    (row, column), (height, width) = origin, out.shape[:2]
    before = as_display(pixels[row : row + height, column : column + width], encoding)
    after = as_display(out, encoding)
    canvas = Canvas(*pixels.shape[:2])
    if correction.is_nothing and view in ("difference", "correction"):
        pictures.nothing(canvas, "no flicker in this frame")
    if view in ("difference", "texture"):
        picture = pictures.difference(before, after)
        pictures.difference_legend(canvas)
    elif view == "correction":
        picture = pictures.correction(before, after)
        pictures.correction_legend(canvas)
    elif view in ("light", "temporal"):
        field = correction.light_stage if view == "light" else correction.temporal_stage
        whole = pictures.stage(field, pixels.shape[:2])
        picture = whole[row : row + height, column : column + width]
        pictures.correction_legend(canvas)
        if field is None:
            pictures.caption(canvas, "this stage found nothing, or was not asked", line=3)
    elif view == "measured":
        whole = counted(seen, pixels.shape[:2])
        picture = pictures.measured(before, whole[row : row + height, column : column + width])
        pictures.caption(canvas, "left out of what is measured: tinted")
    elif view == "exposure":
        picture = pictures.exposure(after)
        pictures.exposure_legend(canvas)
    else:
        assert seen.window is not None, "no analysis stands for the neighbours of the graph"
        picture = after
        graph.draw(
            canvas,
            trace(seen.window, correction, seen.estimator, seen.strength),
            lambda value: float(from_display(np.array(value), encoding)),
        )
    put_out(canvas.over(picture, origin), encoding, out)


def counted(seen: Seen, shape: tuple[int, int]) -> Array:
    """Pixels (height, width) bool of a frame of `shape` that are measured."""
    assert seen.window is not None, "no analysis holds what was measured"
    rows, columns = seen.region.crop(*shape)
    known = both_known(seen.window.centre.known, seen.window.centre.picture)
    found = np.zeros(shape, bool)
    part = found[rows, columns]
    if known is None:
        part[:] = True
    else:
        down, along = (
            np.arange(size) * cells // size
            for size, cells in zip(part.shape, known.shape, strict=True)
        )
        part[:] = known[down[:, None], along]
    return found


def trace(
    window: Window, correction: Correction, estimator: Estimator, strength: float
) -> graph.Trace:
    """Brightness of every frame of the window, as it came and as it is corrected.

    A neighbour's correction is found in the part of its window that lies inside this one, so
    towards the ends of the graph it may differ a little from what a render of it gives. What
    differs over the frame is left out: it hardly moves these figures, and takes long.
    """
    settings = replace(estimator.settings, basis=None, learned=None)
    estimator = replace(estimator, settings=settings)
    shot = window.shot
    offsets, before, after, divergences = [], [], [], []
    lights = [estimator.estimate(recentred(shot, index)) for index in range(len(shot))]
    for frame, estimate in zip(shot, lights, strict=True):
        own = correction if frame.offset == 0 else estimate.correction(strength, 0.0)
        colour = toned(frame.preview.colour, own.gains)
        offsets.append(frame.offset)
        before.append(graph.summary(luma_of(frame.preview.colour, SHOWN)))
        after.append(graph.summary(luma_of(colour, SHOWN)))
        divergences.append(divergence(illumination(colour), illumination(frame.preview.colour)))
    flicker = np.array([own.light.flicker.mean() if own.light else 0.0 for own in lights])
    return graph.Trace(
        np.array(offsets),
        np.stack(before),
        np.stack(after),
        np.stack(before)[:, 0] * elementwise.exp2(-flicker),
        np.array([own.light.certainty if own.light else 0.0 for own in lights]),
        singular_frames(np.array(divergences)),
        settings.radius,
    )
