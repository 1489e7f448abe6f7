# SPDX-License-Identifier: Apache-2.0
"""A gate in front of an instance, so that nobody destroys what is at work."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ._errors import PyOpenFXError


class Gate:
    """Counts the threads inside, and lets whoever closes it wait for them."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._inside: Counter[int] = Counter()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """For a block that works with what is behind it; raises PyOpenFXError once it is closed."""
        self._leave_behind()
        me = threading.get_ident()
        with self._changed:
            if self._closed and not self._inside[me]:
                raise PyOpenFXError(f"{self._what} is closed")
            self._inside[me] += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside[me] -= 1
                if not self._inside[me]:
                    del self._inside[me]
                self._changed.notify_all()

    def close(self) -> bool:
        """Let nobody in any more, and wait until all are out; False where it was closed before.

        Raises PyOpenFXError for a thread that is inside: it would wait for itself.
        """
        self._leave_behind()
        with self._changed:
            if self._inside[threading.get_ident()]:
                raise PyOpenFXError(f"{self._what} cannot be closed while this thread renders it")
            del self._inside[threading.get_ident()]
            if self._closed:
                return False
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)
        return True

    def _leave_behind(self) -> None:
        """In a forked child: forget the threads that it has not got."""
        if self._process != os.getpid():
            mine = self._inside[threading.get_ident()]
            self._begin()
            if mine:
                self._inside[threading.get_ident()] = mine
