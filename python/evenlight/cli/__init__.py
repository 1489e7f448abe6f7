# SPDX-License-Identifier: Apache-2.0
"""The command line."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """The `evenlight` script.

    OpenBLAS starts a thread for each core, which for matrices as small as ours do nothing but wait,
    at full load; NumPy asks when it is loaded. Who has set the variable knows better.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends it in silence while it loads
    from .main import main as run

    signal.signal(signal.SIGINT, interrupt)
    run()
