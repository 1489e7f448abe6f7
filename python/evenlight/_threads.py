# SPDX-License-Identifier: Apache-2.0
"""Keeps NumPy's BLAS to one thread: imported before anything that imports NumPy.

OpenBLAS starts a thread for each core, which for matrices as small as ours do nothing but wait, at
full load: half of all processor time went there. And sums would depend on the number of cores.
Where NumPy is there already, as in a host's own Python, it stays as it is; who has set the variable
knows better.
"""

from __future__ import annotations

import os
import sys

if "numpy" not in sys.modules:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
