# SPDX-License-Identifier: Apache-2.0
"""A frame laid beside its nearest neighbours, each by itself.

The repair asks what is steady over many frames. Bands that roll slowly are not, nor is what a
moving camera leaves room to believe; to name such damage, two frames are enough.
"""

from __future__ import annotations

import numpy as np

from ..flicker.matching import LEAST_MATCHED, steps_of
from ..kernels.elementwise import LN_2
from ..motion.fields import Bands, Basis, fit_fields
from ..motion.links import FIRST_ORDER
from ..motion.window import Window


def laid_beside(window: Window, direction: Bands) -> list[float]:
    """Stops by which neighbours differ: alike over the frame, in waves, in bands; what is left.

    Roots of the mean squares over the neighbours that show the scene; zeros where none does. Motion
    feigns some of it.
    """
    basis = Basis(FIRST_ORDER, direction)
    squares, left = [], []
    for side in (window.before, window.after):
        steps = steps_of(window.centre, side, {})
        fitted = fit_fields(window.centre, steps, [None] * len(side), basis)
        spoke = fitted.shares >= LEAST_MATCHED
        squares += list(np.square(fitted.coefficients[spoke]))
        left += list(np.square(fitted.deviations[spoke]))
    if not squares:
        return [0.0] * 4
    mean, families = np.mean(squares, axis=0), basis.families
    parts = [mean[families == 0], mean[(families == 1) | (families == 2)], mean[families > 2]]
    found = [*(float(part.sum()) for part in parts), float(np.mean(left))]
    return [float(np.sqrt(one)) / LN_2 for one in found]
