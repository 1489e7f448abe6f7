# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from time import monotonic

import pytest

from evenlight.errands import Errands, LateError
from evenlight.errors import Aborted


def test_an_errand_brings_back_its_result_or_its_error() -> None:
    assert Errands().run(lambda: 7, 10) == 7
    with pytest.raises(ZeroDivisionError):
        Errands().run(lambda: 1 // 0, 10)


def test_one_that_is_late_is_left_and_those_after_it_do_not_wait() -> None:
    errands, answer = Errands(), threading.Event()
    with pytest.raises(LateError):
        errands.run(answer.wait, 0.1)
    begin = monotonic()
    with pytest.raises(LateError):
        errands.run(lambda: 7, 60)
    assert monotonic() - begin < 1
    answer.set()
    while True:  # until the disk is there again
        try:
            assert errands.run(lambda: 7, 60) == 7
            break
        except LateError:
            pass


def test_abort_is_answered_while_an_errand_is_out() -> None:
    answer = threading.Event()
    begin = monotonic()
    with pytest.raises(Aborted):
        Errands().run(answer.wait, 60, lambda: monotonic() - begin > 0.05)
    assert monotonic() - begin < 5
    answer.set()
