# SPDX-License-Identifier: Apache-2.0
"""The worker's end of a connection to the plug-in, as this system has it."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from .pipe_end import End, map_memory, open_control, open_end
else:
    from .socket_end import End, map_memory, open_control, open_end

__all__ = ["End", "map_memory", "open_control", "open_end"]
