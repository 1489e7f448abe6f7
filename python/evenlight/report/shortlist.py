# SPDX-License-Identifier: Apache-2.0
"""The few with the highest scores of many that pass, so that a report of any length is small."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Shortlist(Generic[T]):
    """At most `most` items; an item is made only if its score puts it on the list."""

    def __init__(self, most: int) -> None:
        """An empty list."""
        self._most = most
        self._heap: list[tuple[float, int, T]] = []
        self._turn = count(0, -1)  # of equal scores the first stays

    def offer(self, score: float, make: Callable[[], T]) -> None:
        """Take the item if it is among the best; items that score nothing are never."""
        if score <= 0:
            return
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, (score, next(self._turn), make()))
        elif score > self._heap[0][0]:
            heapq.heapreplace(self._heap, (score, next(self._turn), make()))

    def best(self) -> list[T]:
        """The items, that of the highest score first."""
        return [item for _, _, item in sorted(self._heap, reverse=True, key=lambda e: e[:2])]
