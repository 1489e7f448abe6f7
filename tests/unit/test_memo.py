# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from evenlight.frames import Array
from evenlight.memo import Memo, size_of


@dataclass(frozen=True, slots=True)
class Pair:
    first: Array
    rest: tuple[Array, ...]


def block(number: int) -> Array:
    return np.full(1000, number, np.uint8)


def test_a_result_is_computed_once() -> None:
    memo, asked = Memo(), []

    def compute() -> int:
        asked.append(1)
        return 7

    assert [memo.get(("seven",), compute) for _ in range(3)] == [7, 7, 7]
    assert len(asked) == 1
    memo.clear()
    assert memo.get(("seven",), compute) == 7
    assert len(asked) == 2


def test_results_of_no_use_are_remembered_too() -> None:
    memo = Memo()
    assert memo.get(("none",), lambda: None) is None
    assert memo.get(("none",), lambda: pytest.fail("asked again")) is None


def test_it_holds_no_more_bytes_than_it_may_and_drops_what_was_used_first() -> None:
    memo = Memo(5000)
    for number in range(20):
        memo.get((number,), lambda number=number: block(number))
        memo.get((0,), lambda: block(0))
        assert memo.held <= 5000
    assert (memo.get((0,), lambda: pytest.fail("dropped")) == 0).all()
    assert memo.get((7,), lambda: "again") == "again"


def test_what_is_larger_than_all_of_it_is_not_kept() -> None:
    memo = Memo(5000)
    memo.get(("small",), lambda: block(1))
    memo.get(("large",), lambda: np.zeros(6000, np.uint8))
    assert (memo.get(("small",), lambda: pytest.fail("dropped")) == 1).all()
    assert memo.get(("large",), lambda: 3) == 3


def test_arrays_are_counted_wherever_they_are() -> None:
    pair = Pair(block(1), (block(2), block(3)))
    assert size_of([pair, b"four", None, 5]) == 3004


def test_threads_get_equal_results_and_the_count_stays_right() -> None:
    memo = Memo(20_000)
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(lambda n: memo.get((n % 30,), lambda: block(n % 30))[0], range(3000))
        )
    assert found == [n % 30 for n in range(3000)]
    kept = 20_000 // (1000 + 512)
    assert memo.held == kept * 1512


def test_no_lock_is_held_while_computing() -> None:
    memo = Memo()
    started, released = threading.Event(), threading.Event()

    def slow() -> int:
        started.set()
        assert released.wait(5), "the other thread was kept out"
        return 1

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(memo.get, ("slow",), slow)
        assert started.wait(5)
        assert memo.get(("other",), lambda: 2) == 2
        released.set()
        assert waiting.result(5) == 1
