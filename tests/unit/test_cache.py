# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from evenlight.cache import Cache


def test_an_entry_is_computed_once() -> None:
    cache: Cache[int] = Cache(4)
    calls: list[int] = []
    for _ in range(3):
        assert cache.get("key", lambda: calls.append(1) or 7) == 7  # type: ignore[func-returns-value]
    assert len(calls) == 1


def test_the_entry_not_used_for_longest_goes() -> None:
    cache: Cache[str] = Cache(2)
    cache.get("a", lambda: "a")
    cache.get("b", lambda: "b")
    cache.get("a", lambda: "never")  # now b is the oldest
    cache.get("c", lambda: "c")
    assert len(cache) == 2
    assert cache.get("a", lambda: "gone") == "a"
    assert cache.get("b", lambda: "gone") == "gone"


def test_no_lock_is_held_while_computing() -> None:
    cache: Cache[int] = Cache(2)
    started, released = threading.Event(), threading.Event()

    def slow() -> int:
        started.set()
        assert released.wait(5), "the other thread was kept out"
        return 1

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, "slow", slow)
        assert started.wait(5)
        assert cache.get("other", lambda: 2) == 2
        released.set()
        assert waiting.result(5) == 1


def test_many_threads_see_what_the_key_says() -> None:
    cache: Cache[int] = Cache(8)
    with ThreadPoolExecutor(4) as pool:
        keys = [n % 13 for n in range(2000)]
        got = list(pool.map(lambda key: cache.get(key, lambda: key * key), keys))
    assert got == [key * key for key in keys]
    assert len(cache) == 8
