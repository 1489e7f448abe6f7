# SPDX-License-Identifier: Apache-2.0
"""The brightnesses at which a tone curve is held."""

from __future__ import annotations

import numpy as np

from ..frames import Array

#: Display values, 8 to an octave.
LEVELS: Array = np.exp2(np.arange(-6.5, 4.01, 0.125))
