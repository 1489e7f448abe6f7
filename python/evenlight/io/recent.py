# SPDX-License-Identifier: Apache-2.0
"""The last few things decoded, so that a window of frames is decoded once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")

#: Never more than this is held, however wide the window and however large the frames.
MOST_BYTES = 1 << 30


class Recent(Generic[T]):
    """Items by number; the ones not asked for longest are dropped first."""

    def __init__(self, most_items: int, most_bytes: int = MOST_BYTES) -> None:
        self._most_items = most_items
        self._most_bytes = most_bytes
        self._items: OrderedDict[int, tuple[T, int]] = OrderedDict()
        self._bytes = 0

    def __contains__(self, number: int) -> bool:
        """Whether the item is held."""
        return number in self._items

    def __len__(self) -> int:
        """How many items are held."""
        return len(self._items)

    def get(self, number: int) -> T | None:
        """The item, or None where it is not held."""
        if number not in self._items:
            return None
        self._items.move_to_end(number)
        return self._items[number][0]

    def put(self, number: int, item: T, size: int) -> None:
        """Hold `item`, of `size` bytes; the newest is held whatever its size."""
        if number in self._items:
            self._bytes -= self._items.pop(number)[1]
        self._items[number] = (item, size)
        self._bytes += size
        while len(self._items) > 1 and (
            len(self._items) > self._most_items or self._bytes > self._most_bytes
        ):
            self._bytes -= self._items.popitem(last=False)[1][1]
