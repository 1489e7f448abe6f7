# SPDX-License-Identifier: Apache-2.0
"""Numbers of the compiled kernels that Python needs too."""

from __future__ import annotations

import numpy as np

from .. import _native

#: Shares of red, green and blue in luma by which frames are measured (Rec. 601).
LUMA = tuple(np.float32(share) for share in _native.LUMA)
#: Weight of a relation between two cells that are so bright that noise adds nothing.
SUREST = np.float32(_native.SUREST)
