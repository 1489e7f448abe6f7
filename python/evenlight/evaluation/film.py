# SPDX-License-Identifier: Apache-2.0
"""Clips as old film shows them: unsteady, soft, grainy, flickering, printed hard, and dirty.

Pure functions of a clip and a random generator, by which detection learns what film is. Clips are
lumas (T, H, W) float32 on a display scale; lengths are in pixels of a frame 360 high and grow with
it. The order is that of a print and its transfer: things before the camera, the lens, the dirt, the
gate, the grain, the light, the coding.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..colour.luma import MEASURED
from ..frames import Array
from .film_dirt import crossed, scratched, spotted
from .film_print import bordered, coded, flickering, grained, printed, unsteady

#: Change (display value) from which a spot can be seen on film without grain, and what grain adds.
_SEEN, _SEEN_OF_GRAIN = 4.5 / 255, 1.2


def grey(clip: Array) -> Array:
    """Luma (T, H, W) float32 of a clip (T, H, W, 3)."""
    return clip @ np.array(MEASURED, np.float32)


def filmed(
    clip: Array, rng: np.random.Generator, mattes: list[Array], *, dirty: bool = True
) -> tuple[Array, Array]:
    """A clip (T, H, W) as dirty film, and the mask (T, H, W) bool of its dirt.

    `mattes` are shapes of real damage; without `dirty` the film has all else that looks like dirt.
    """
    scale = clip.shape[1] / 360
    shown = clip.copy()
    if rng.random() < 0.35:
        shown = crossed(shown, rng, mattes)
    if rng.random() < 0.7:
        softness = scale * float(rng.uniform(0.4, 1.8))
        shown = np.stack([cv2.GaussianBlur(frame, (0, 0), softness) for frame in shown])
    if rng.random() < 0.7:
        shown = printed(shown, rng)
    masks = np.zeros(clip.shape, bool)
    amount = float(rng.uniform(0, 0.03)) * float(rng.random() < 0.85)
    if dirty:
        shown, masks = spotted(shown, rng, mattes, _SEEN + _SEEN_OF_GRAIN * amount)
    if rng.random() < 0.2:
        shown = scratched(shown, rng)
    if rng.random() < 0.7:
        shown, masks = unsteady(shown, masks, rng)
    if rng.random() < 0.2:
        shown = bordered(shown, rng)
    shown = grained(shown, rng, amount)
    if rng.random() < 0.7:
        shown = flickering(shown, rng)
    if rng.random() < 0.4:
        shown = coded(shown, int(rng.integers(45, 92)))
    return shown, masks
