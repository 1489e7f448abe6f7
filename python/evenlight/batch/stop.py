# SPDX-License-Identifier: Apache-2.0
"""Requests to stop, which signals make and which are looked at between frames.

A handler that raises can be run inside an import, and what was to end a job then passes for a
library that is missing. So a signal only sets a flag while frames are rendered.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import Aborted

_STEP = 0.1  # seconds between looks while nothing is done
_SHOW_CURSOR = b"\x1b[?25h"  # progress bars hide it


class Stop:
    """A flag that signals set; it stays set."""

    def __init__(self, *signals: int, at_once: bool = True) -> None:
        """Of a flag that nothing sets, unless signals are named.

        With `at_once` a second signal ends the process where it is; what is half written then
        keeps its hidden name.
        """
        self.signal = 0  # the one that came first
        self._signals, self._at_once = signals, at_once

    @property
    def is_asked(self) -> bool:
        """Whether work is to stop."""
        return self.signal != 0

    def check(self) -> None:
        """Raise Aborted where work is to stop."""
        if self.is_asked:
            raise Aborted("stopped")

    def pause(self, seconds: float) -> None:
        """Sleep, or raise Aborted as soon as work is to stop."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, _STEP))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While the block runs the signals set the flag, and do nothing else. Main thread only."""
        before = {number: signal.signal(number, self._hear) for number in self._signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.signal and self._at_once:
            if sys.stderr.isatty():
                os.write(2, _SHOW_CURSOR)
            os._exit(128 + number)  # as shells have it of a process that a signal ended
        self.signal = self.signal or number
