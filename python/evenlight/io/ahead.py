# SPDX-License-Identifier: Apache-2.0
"""Items that are read before they are asked for, so that work on one need not wait for the next.

What an item is does not depend on who read it, or when.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Reads items by number in threads of its own, a few ahead of a walk in rising order."""

    def __init__(self, read: Callable[[int], T], last: int, depth: int) -> None:
        """Of items up to `last`, `depth` of them ahead; `read` is called in several threads."""
        self._read, self._last, self._depth = read, last, depth
        self._threads = ThreadPoolExecutor(max_workers=depth, thread_name_prefix="ahead")
        self._coming: dict[int, Future[T]] = {}
        self._highest = last + 1  # asked for so far; nothing is begun before the second in a row

    def get(self, number: int) -> T:
        """The item; raises what reading it raises."""
        future = self._coming.pop(number, None)
        if number == self._highest + 1:
            self._begin(range(number + 1, min(number + self._depth, self._last) + 1))
        self._highest = number
        return self._read(number) if future is None else future.result()

    def close(self) -> None:
        """Wait for what is being read, and let go of it."""
        self._threads.shutdown(cancel_futures=True)
        self._coming.clear()

    def _begin(self, numbers: range) -> None:
        for number in set(self._coming).difference(numbers):
            self._coming.pop(number).cancel()
        for number in numbers:
            if number not in self._coming:
                self._coming[number] = self._threads.submit(self._read, number)
