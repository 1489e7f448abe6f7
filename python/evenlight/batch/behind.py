# SPDX-License-Identifier: Apache-2.0
"""Frames that are written while the next ones are rendered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

#: Frames that wait to be written for each thread that writes, beside the one it has.
_WAITING = 1


class Behind:
    """Writes frames in threads of its own, bounded: who is faster waits.

    As a context it ends when all is written or has failed. With one thread frames are written in
    the order in which they come.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="behind")
        self._most = threads * (1 + _WAITING)
        self._writing: deque[tuple[Future[None], Callable[[], None]]] = deque()

    def write(self, write: Callable[[], None], done: Callable[[], None]) -> None:
        """Call `write` in another thread, and `done` in this one once it is through.

        Raises what earlier frames' writing raised.
        """
        while len(self._writing) >= self._most or (self._writing and self._writing[0][0].done()):
            self._finish_one()
        self._writing.append((self._threads.submit(write), done))

    def finish(self) -> None:
        """Wait until all is written; raises what writing raised."""
        while self._writing:
            self._finish_one()

    def _finish_one(self) -> None:
        future, done = self._writing.popleft()
        future.result()
        done()

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._threads.shutdown(cancel_futures=kind is not None)
