# SPDX-License-Identifier: Apache-2.0
"""Takes the place of `evenlight.effects` in the tests of the runtimes: one effect that does on
demand whatever a runtime must stand."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np

from evenlight.errors import EvenlightError
from evenlight.frames import Array, FrameSource, Outcome, RenderRequest
from evenlight.params import Doc, PerFrame, Slider, TemporalWindow

from .base import Effect
from .resources import Resources

__all__ = ["EFFECTS", "Deflicker", "Effect", "Resources"]


HERE = Path(__file__).parent

#: Seconds for which this import holds Python, as those of large libraries from a cold disk do.
if "EVENLIGHT_STAND_IN_START" in os.environ:
    ctypes.PyDLL(None).usleep(int(1e6 * float(os.environ["EVENLIGHT_STAND_IN_START"])))


class Deed(StrEnum):
    AVERAGE = "average"
    RAISE = "raise"
    SENTENCE = "sentence"
    MEMORY = "memory"
    OUTSIDE = "outside"
    WRITE = "write"
    SLEEP = "sleep"
    ASK = "ask"
    DIE = "die"
    DIE_ONCE = "die_once"
    DIE_IDLE_AND_TWICE = "die_idle_and_twice"
    FREEZE_ONCE = "freeze_once"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class StandInParams:
    """What to do."""

    deed: Annotated[Deed, Doc("What to do.")] = Deed.AVERAGE
    gain: Annotated[float, Slider(-10.0, 10.0), Doc("Factor.")] = 1.0
    step: Annotated[int, Slider(1, 9), Doc("Rows read of neighbours.")] = 3
    flag: Annotated[bool, Doc("Add the mask.")] = False
    weight: Annotated[float, Slider(0.0, 9.0), PerFrame(), Doc("Of each neighbour.")] = 1.0
    seconds: Annotated[float, Slider(0.0, 600.0), Doc("How long to sleep.")] = 0.0


class StandIn(Effect):
    identifier: ClassVar = "org.evenlight.stand_in"
    label: ClassVar = "Stand-in"
    description: ClassVar = "For tests."
    version: ClassVar = (1, 0)
    params: ClassVar = StandInParams
    window: ClassVar = TemporalWindow(before="step", after="step")
    identity: ClassVar = {"gain": 0.0}

    def process(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: Array
    ) -> Outcome:
        getattr(self, "_" + params.deed)(frames, request, params)
        return Outcome(self._average(frames, request, params, out))

    def _average(
        self, frames: FrameSource, request: RenderRequest, params: Any, out: Array | None = None
    ) -> str:
        """Depends on every pixel of the frame, on rows of every neighbour and on what is told."""
        if out is None:
            return ""
        level, told = 0.0, []
        for offset, weight in request.sampled["weight"].items():
            frame = frames.fetch(request.time + offset)
            if frame is None:
                told.append(f"{offset}: none")
                continue
            rows = frame.rows(params.step).astype(np.float64)
            level += weight * float((rows * np.arange(1, rows.size + 1).reshape(rows.shape)).mean())
            name, number, *_ = frame.identifier.split()  # without the sample of its pixels
            plain = name, number, frame.shape, frame.premultiplied, frame.corner
            told.append(f"{offset}: {' '.join(map(str, plain))}")
        current = frames.fetch(request.time)
        assert current is not None
        row, column = request.origin
        height, width = out.shape[:2]
        picture = current.pixels()[row : row + height, column : column + width]
        result = picture.astype(np.float64) * params.gain + level * 1e-3
        mask = frames.fetch_mask(request.time)
        if params.flag and mask is not None:
            result += mask.pixels()[row : row + height, column : column + width]
        out[...] = result.astype(out.dtype)
        return f"{request.encoding} | {'; '.join(told)}"

    def _raise(self, *_: Any) -> None:
        raise KeyError("a slip of ours")

    def _sentence(self, *_: Any) -> None:
        raise EvenlightError("the frames differ in size: cut the clip in two")

    def _memory(self, *_: Any) -> None:
        raise MemoryError

    def _outside(self, frames: FrameSource, request: RenderRequest, _: Any) -> None:
        frames.fetch(request.time + 100)

    def _write(self, frames: FrameSource, request: RenderRequest, _: Any) -> None:
        frame = frames.fetch(request.time)
        assert frame is not None
        frame.pixels()[...] = 0

    def _sleep(self, _f: FrameSource, _r: RenderRequest, params: Any) -> None:
        time.sleep(params.seconds)

    def _ask(self, frames: FrameSource, _r: RenderRequest, _p: Any) -> None:
        while not frames.aborted():
            time.sleep(0.01)
        frames.fetch(0.0)

    def _die(self, *_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _die_once(self, *_: Any) -> None:
        if first_time("died"):
            os.kill(os.getpid(), signal.SIGKILL)

    def _die_idle_and_twice(self, *_: Any) -> None:
        """When the first frame is done and nothing is asked, then twice in the second."""
        if first_time("died idle"):
            threading.Timer(0.3, self._die).start()
        elif first_time("died once") or first_time("died twice"):
            self._die()

    def _wait(self, *_: Any) -> None:
        """Until the test has seen the first mark and made the second."""
        (HERE / "waits").touch()
        while not (HERE / "goes on").exists():
            time.sleep(0.01)

    def _freeze_once(self, *_: Any) -> None:
        if first_time("froze"):
            os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(600)  # another thread may have to run before the process stops


def first_time(name: str) -> bool:
    """Whether nobody asked before, in this process or one before it."""
    mark = HERE / name
    if mark.exists():
        return False
    mark.touch()
    return True


Deflicker = StandIn
EFFECTS: tuple[type[Effect], ...] = (StandIn,)
