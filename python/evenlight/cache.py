# SPDX-License-Identifier: Apache-2.0
"""A bounded cache for results that are pure functions of their key: it only makes things faster."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Keeps the `capacity` entries used last; safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        """An empty cache."""
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The entry of `key`, computed when it is not there.

        No lock is held while computing, so two threads may compute the same entry: they get equal
        values, and the later one stays.
        """
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        value = compute()
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
        return value

    def __len__(self) -> int:
        """Entries held now."""
        with self._lock:
            return len(self._entries)
