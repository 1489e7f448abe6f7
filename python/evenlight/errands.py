# SPDX-License-Identifier: Apache-2.0
"""Work with files that may never end: a disk in the network that has gone answers nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from .errors import Aborted

T = TypeVar("T")

_LOOK = 0.02  # seconds between looks at whether the result is still wanted


class LateError(Exception):
    """An errand has not come back in time, or one before it has not."""


class Errands:
    """Runs work in threads of its own and does not wait for ever; safe to share between threads."""

    def __init__(self) -> None:
        """None is under way."""
        self._lock = threading.Lock()
        self._late: list[threading.Thread] = []

    def run(
        self, work: Callable[[], T], seconds: float, aborted: Callable[[], bool] = lambda: False
    ) -> T:
        """The result of `work`; raises what it raises.

        Raises LateError where it takes longer, and at once while an earlier errand is late; Aborted
        as soon as the result is no longer wanted.
        """
        with self._lock:
            self._late = [thread for thread in self._late if thread.is_alive()]
            if self._late:
                raise LateError
        errand = _Errand(work)
        thread = threading.Thread(target=errand.run, daemon=True)
        thread.start()
        end = monotonic() + seconds
        while not errand.done.wait(_LOOK):
            is_unwanted = aborted()
            if is_unwanted or monotonic() > end:
                with self._lock:
                    self._late.append(thread)
                raise Aborted("the host no longer wants this frame") if is_unwanted else LateError
        if errand.error is not None:
            raise errand.error
        result: T = errand.result
        return result


class _Errand:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None
        self._work = work

    def run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:
            self.error = error
        finally:
            self.done.set()
