# SPDX-License-Identifier: Apache-2.0
"""The memory of an open effect: results that are pure functions of their keys, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

Value = TypeVar("Value")

#: Bytes that a memo holds at most: the previews, links and flows of the widest window, and some.
LIMIT = 96 * 2**20
#: Bytes that an entry takes beside its arrays, roughly.
_OVERHEAD = 512


@dataclass(slots=True)
class _Entry:
    value: Any
    size: int


class Memo:
    """Keeps the results used last, `limit` bytes of them; safe to share between threads.

    A key begins with the name of what is computed and holds everything that it depends on: digests
    of pixels, never what a host says of them alone. So a memo makes rendering faster and changes
    no pixel. `open_effect` makes one for each effect, `close_effect` frees it.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        """An empty memo."""
        self._limit = limit
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[Hashable, ...], compute: Callable[[], Value]) -> Value:
        """The result of `key`, computed where it is not there.

        No lock is held while computing, so two threads may compute the same result: they get equal
        ones, and the later stays.
        """
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                value: Value = found.value
                return value
        value = compute()
        with self._lock:
            self._put(key, _Entry(value, size_of(value) + _OVERHEAD))
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0

    @property
    def held(self) -> int:
        """Bytes held now."""
        with self._lock:
            return self._held

    def _put(self, key: Hashable, entry: _Entry) -> None:
        replaced = self._entries.pop(key, None)
        if replaced is not None:
            self._held -= replaced.size
        if entry.size > self._limit:
            return
        self._entries[key] = entry
        self._held += entry.size
        while self._held > self._limit:
            self._held -= self._entries.popitem(last=False)[1].size


def size_of(value: object) -> int:
    """Bytes of the arrays and texts in a value, through tuples, lists and dataclasses."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, bytes | str):
        return len(value)
    parts: Iterable[object] = ()
    if isinstance(value, tuple | list):
        parts = value
    elif is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, field.name) for field in fields(value))
    return sum(map(size_of, parts))
