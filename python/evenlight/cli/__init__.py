# SPDX-License-Identifier: Apache-2.0
"""The command line; what it needs beyond rendering comes with the extra `cli`."""

from __future__ import annotations

import sys


def main() -> None:
    """The `evenlight` script."""
    try:
        from .main import main as run
    except ModuleNotFoundError as error:
        sys.exit(
            f"error: {error.name} is missing; the command line needs "
            "`python -m pip install 'evenlight[cli]'`"
        )
    run()
