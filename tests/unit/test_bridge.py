# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evenlight.bridge import close_effect, open_effect
from evenlight.effects import Deflicker
from evenlight.engine import Clip, Request, process
from evenlight.errors import EvenlightError, FrameError, ParamError
from evenlight.frames import ArrayFrame, FrameSource, Outcome, RenderRequest


class Spy(Deflicker):
    """Keeps what it is given and does what it is told."""

    def __init__(self, *ask: float, fail: bool = False) -> None:
        super().__init__()
        self.ask, self.fail = ask, fail
        self.request = RenderRequest(time=-1)
        self.given: Any = None
        self.found: list[object] = []

    def process(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: np.ndarray
    ) -> Outcome:
        self.request, self.given = request, params
        self.found = [frames.fetch(time) for time in self.ask]
        self.found.append(frames.fetch_mask(request.time))
        if self.fail:
            raise ZeroDivisionError("by nothing")
        out[...] = 1
        return Outcome("noted")


class Server:
    def fetch(self, clip: int, time: float) -> ArrayFrame | None:
        if clip == Clip.MASK or time < 0:
            return None
        return ArrayFrame(np.full((2, 3, 4), time, np.float32))

    def aborted(self) -> bool:
        return False


def call(effect: Deflicker, **values: Any) -> tuple[Outcome, np.ndarray]:
    out = np.zeros((2, 3, 4), np.float32)
    outcome = process(
        effect,
        Server(),
        out,
        Request(1.0, 2, 1, (5, 6), "lin_rec709", {"cut_here": [0.0, 1.0, 0.0, 1.0], **values}),
    )
    return outcome, out


def test_the_effect_gets_what_the_host_told() -> None:
    effect = Spy(-1.0, 0.0, 2.0)
    outcome, out = call(effect, strength=0.5, colour="luminance")
    assert outcome == Outcome("noted")
    assert (out == 1).all()
    assert effect.request.time == 1.0
    assert effect.request.origin == (5, 6)
    assert effect.request.encoding == "lin_rec709"
    assert effect.request.sampled["cut_here"] == {-2: False, -1: True, 0: False, 1: True}
    assert effect.given.cut_here is False
    assert effect.given.strength == 0.5
    absent, first, last, mask = effect.found
    assert absent is None
    assert isinstance(first, ArrayFrame)
    assert isinstance(last, ArrayFrame)
    assert (first.array == 0).all()
    assert (last.array == 2).all()
    assert mask is None


@pytest.mark.parametrize("time", [-1.5, 2.5, 100.0])
def test_a_time_outside_the_window_is_an_error(time: float) -> None:
    with pytest.raises(FrameError, match="it must lie between -1 and 2"):
        call(Spy(time))


def test_wrong_values_are_told() -> None:
    with pytest.raises(ParamError, match="strength is 2; it must lie between 0 and 1"):
        call(Spy(), strength=2.0)
    with pytest.raises(ParamError, match="there is no parameter 'speed'"):
        call(Spy(), speed=1.0)
    with pytest.raises(ParamError, match="cut_here must come with 4 values"):
        call(Spy(), cut_here=[0.0, 1.0])


def test_an_error_of_ours_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(EvenlightError, match=r"frame 1 \(ZeroDivisionError: by nothing\)"):
        call(Spy(fail=True))
    assert "Traceback" in caplog.text


def test_effects_are_opened_by_identifier() -> None:
    effect, other = (open_effect("org.evenlight.deflicker") for _ in range(2))
    assert isinstance(effect, Deflicker)
    assert effect.resources.sessions is other.resources.sessions
    assert effect.resources.memo is not other.resources.memo
    effect.resources.memo.get(("something",), lambda: np.zeros(9))
    close_effect(effect)
    assert effect.resources.memo.held == 0
    with pytest.raises(ParamError, match=r"there is no effect 'other'; there is org\.evenlight"):
        open_effect("other")
